// The rewriter on graphs and edits that nobody wrote by hand.
#include <gtest/gtest.h>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/rewriter.h"
#include "ir/verify.h"
#include "ops/activation.h"
#include "ops/ops.h"

namespace paw::rewriter_random_test {

// Random edits: either refused with the graph untouched, or a verified graph.
TEST(Rewriter, RandomEditsVerifyOrLeaveTheGraphAlone) {
  int applied = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    GraphBuilder builder("g");
    std::vector<ValueId> values{builder.input("x", {DType::kF32, {3}})};
    for (int i = 0; i < 12; ++i) {
      const ValueId a = values[random.below(values.size())], b = values[random.below(values.size())];
      values.push_back(builder.call(op::add, {a, b}, {}, {.name = random.below(2) ? "v" + std::to_string(i) : ""}));
    }
    builder.output(values.back());
    builder.output(values[random.below(values.size() - 1) + 1]);
    Graph graph = *builder.finish();
    const Graph before = graph;
    Rewriter edits(graph);
    std::vector<ValueId> pool = values;
    for (int i = 0; i < 4; ++i) {
      const ValueId a = pool[random.below(pool.size())], b = pool[random.below(pool.size())];
      switch (random.below(4)) {
        case 0: pool.push_back(edits.insert(op::sub, {a, b}, {}, "new")); break;
        case 1: edits.replace(values[1 + random.below(values.size() - 1)], a); break;
        case 2: edits.set_input(NodeId(random.below(graph.nodes.size())), random.below(2), a); break;
        default: edits.erase(NodeId(random.below(graph.nodes.size()))); break;
      }
    }
    const Result<bool> result = edits.finish();
    if (result) {
      EXPECT_TRUE(verify(graph));
      ++applied;
    } else {
      EXPECT_TRUE(equal(graph, before));
      ++refused;
    }
  }
  EXPECT_GT(applied, 50);
  EXPECT_GT(refused, 50);
}

// Thousands of edits on thousands of nodes: linear, so it stays in the milliseconds (the fast label has 60 s for all).
TEST(Rewriter, ManyEditsAtOnce) {
  GraphBuilder builder("wide");
  ValueId x = builder.input("x", {DType::kF32, {2}});
  for (int i = 0; i < 10000; ++i) x = builder.call(op::relu, {x});
  builder.output(x);
  Graph graph = *builder.finish();
  Rewriter edits(graph);
  for (const Node& node : graph.nodes) {
    const ValueId scaled = edits.insert(op::abs, {edits.resolve(node.inputs[0])}, {}, "a");
    edits.replace(node.outputs[0], edits.insert(op::relu6, {scaled}, {}, "b"));
  }
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(graph.nodes.size(), 20000u);
}

}  // namespace paw::rewriter_random_test
