#include "ir/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "ir/builder.h"
#include "ir/ops_testing.h"

namespace paw::graph_test {

namespace ops = testing_ops;

const TensorType kType{DType::kF32, {2}};

Tensor constant(float a, float b) { return Tensor::f32({2}, std::array{a, b}); }

// x -> many -> plus c -> (y, split of it)
Graph sample() {
  GraphBuilder b("sample");
  const ValueId x = b.input("x", kType);
  b.set_scope("block/one");
  const ValueId m = b.call(ops::many, {x}, ops::AllAttrs{.count = 7, .list = {1, 2}});
  const ValueId y = b.call(ops::plus, {m, b.constant(constant(1, 2), "c")}, {}, {.name = "y"});
  const std::vector<ValueId> halves = b.call_all(ops::split, std::array{y});
  b.output(y);
  b.output(halves[1]);
  return b.finish().value();
}

TEST(Graph, EqualToACopyOfItself) {
  const Graph a = sample();
  EXPECT_TRUE(equal(a, sample()));
  EXPECT_TRUE(equal(Graph{}, Graph{}));
}

// Every part of a graph, changed alone, is seen from both sides.
TEST(Graph, EqualIsSensitiveToEveryPart) {
  struct Change {
    const char* what;
    std::function<void(Graph&)> apply;
  };
  const Change changes[] = {
      {"graph name", [](Graph& g) { g.name = "other"; }},
      {"value name", [](Graph& g) { g[g.find("y")].name = "z"; }},
      {"unnamed becomes named", [](Graph& g) { g[g.nodes[0].outputs[0]].name = "m"; }},
      {"dtype", [](Graph& g) { g[g.find("x")].type.dtype = DType::kI32; }},
      {"shape", [](Graph& g) { g[g.find("x")].type.shape = {1, 2}; }},
      {"quantisation", [](Graph& g) { g[g.find("x")].type.quant = per_tensor(1, 0); }},
      {"constant bytes", [](Graph& g) { g[g.find("c")].constant = constant(1, 3).data; }},
      {"constant becomes a value", [](Graph& g) { g[g.find("c")].constant.reset(); }},
      {"encoding", [](Graph& g) { g[g.find("c")].encoding = Encoding{.bits = 1}; }},
      {"op", [](Graph& g) { g.nodes[1].op = &ops::pick; }},
      {"attribute", [](Graph& g) { g.nodes[0].attrs = ops::AllAttrs{.count = 7, .list = {1, 3}}; }},
      {"attributes missing", [](Graph& g) { g.nodes[0].attrs = {}; }},
      {"source", [](Graph& g) { g.nodes[1].source += "x"; }},
      {"input of a node", [](Graph& g) { g.nodes[1].inputs[0] = g.inputs[0]; }},
      {"order of inputs", [](Graph& g) { std::swap(g.nodes[1].inputs[0], g.nodes[1].inputs[1]); }},
      {"absent input", [](Graph& g) { g.nodes[1].inputs[1] = {}; }},
      {"one more absent input", [](Graph& g) { g.nodes[1].inputs.emplace_back(); }},
      {"outputs of a node", [](Graph& g) { std::swap(g.nodes[2].outputs[0], g.nodes[2].outputs[1]); }},
      {"a node less", [](Graph& g) { g.nodes.pop_back(); }},
      {"graph outputs", [](Graph& g) { std::swap(g.outputs[0], g.outputs[1]); }},
      {"one more output", [](Graph& g) { g.outputs.push_back(g.outputs[0]); }},
      {"one more input", [](Graph& g) { g.inputs.push_back(g.inputs[0]); }},
  };
  const Graph original = sample();
  for (const Change& change : changes) {
    Graph changed = sample();
    change.apply(changed);
    EXPECT_FALSE(equal(original, changed)) << change.what;
    EXPECT_FALSE(equal(changed, original)) << change.what;
  }
}

// The same graph with its values stored in another order.
TEST(Graph, EqualIgnoresIds) {
  const Graph a = sample();
  Graph b = a;
  const std::size_t n = a.values.size();
  const auto flip = [&](ValueId id) { return ValueId(n - 1 - id.index); };
  std::ranges::reverse(b.values);
  const auto flip_all = [&](std::vector<ValueId>& ids) { std::ranges::transform(ids, ids.begin(), flip); };
  flip_all(b.inputs);
  flip_all(b.outputs);
  for (Node& node : b.nodes) {
    flip_all(node.inputs);
    flip_all(node.outputs);
  }
  EXPECT_TRUE(equal(a, b));
}

Graph sum_of_constants(bool shared) {
  GraphBuilder b("g");
  const ValueId first = b.constant(constant(1, 2));
  const ValueId second = shared ? first : b.constant(constant(1, 2));
  b.output(b.call(ops::plus, {first, second}));
  return b.finish().value();
}

TEST(Graph, OneSharedConstantIsNotTwoEqualOnes) {
  EXPECT_FALSE(equal(sum_of_constants(true), sum_of_constants(false)));
  EXPECT_FALSE(equal(sum_of_constants(false), sum_of_constants(true)));
  EXPECT_TRUE(equal(sum_of_constants(false), sum_of_constants(false)));
}

TEST(Graph, FindAndLabels) {
  const Graph g = sample();
  EXPECT_EQ(g.find("y"), g.nodes[1].outputs[0]);
  EXPECT_FALSE(g.find("nothing").valid());
  EXPECT_EQ(g.label(g.find("c")), "%c");
  EXPECT_EQ(g.label(g.nodes[0].outputs[0]), "%1");
  EXPECT_EQ(g.label(ValueId{}), "%?");
  EXPECT_EQ(g.label(NodeId(0)), "many 'block/one'");
  Graph bare = g;
  bare.nodes[1].source.clear();
  EXPECT_EQ(bare.label(NodeId(1)), "plus -> %y");
  EXPECT_TRUE(g.is_constant(g.find("c")));
  EXPECT_FALSE(g.is_constant(ValueId{}));
  EXPECT_EQ(g.tensor(g.find("c")), constant(1, 2));
}

TEST(Uses, ProducersReadersAndOutputs) {
  GraphBuilder b("g");
  const ValueId x = b.input("x", kType);
  const ValueId c = b.constant(constant(1, 2));
  const ValueId twice = b.call(ops::plus, {x, x});
  const ValueId once = b.call(ops::plus, {twice, c});
  const ValueId last = b.call(ops::pick, std::array{once, ValueId{}, ValueId{}});
  b.output(last);
  b.output(once);
  const Uses uses(b.finish().value());
  EXPECT_FALSE(uses.producer(x).valid());
  EXPECT_FALSE(uses.producer(c).valid());
  EXPECT_EQ(uses.producer(last), NodeId(2));
  EXPECT_EQ(uses.users(x), (std::vector{NodeId(0), NodeId(0)}));
  EXPECT_EQ(uses.users(twice), std::vector{NodeId(1)});
  EXPECT_TRUE(uses.users(last).empty());
  EXPECT_TRUE(uses.is_output(once));
  EXPECT_FALSE(uses.is_output(twice));
  EXPECT_TRUE(uses.single_use(twice));
  EXPECT_FALSE(uses.single_use(x));
  EXPECT_FALSE(uses.single_use(once));  // read once, but also a graph output
  EXPECT_FALSE(uses.single_use(last));
}

}  // namespace paw::graph_test
