// Every pass and pipeline on random graphs: the answer stays, the result verifies, settles and prints the same each
// time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir/text.h"
#include "passes/passes.h"
#include "passes/testing/random_graph.h"
#include "reference/interpreter.h"

namespace paw::testing_support::random_passes_test {

constexpr int kNodes = 25;

TEST(RandomGraph, IsAPureFunctionOfItsSeedAndFinite) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const Graph graph = random_graph(seed, kNodes);
    EXPECT_EQ(print_graph(graph), print_graph(random_graph(seed, kNodes)));
    const auto results = interpret(graph, random_inputs(graph, seed));
    ASSERT_TRUE(results) << results.error().text();
    for (const RefTensor& result : *results) {
      EXPECT_TRUE(std::ranges::all_of(result.data, [](double v) { return std::isfinite(v); })) << print_graph(graph);
    }
  }
}

// Passes that only move or drop work are exact; sums in another order round in another place.
double tolerance_of(const Pass& pass) {
  if (&pass == &pass::fold_batch_norm || &pass == &pass::simplify_algebra) return 1e-5;
  return &pass == &pass::cancel_transposes || &pass == &pass::name_activations ? 1e-6 : 0.0;
}

class RandomPass : public testing::TestWithParam<const Pass*> {};

TEST_P(RandomPass, KeepsTheAnswerAndSettles) {
  int changes = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const Graph before = random_graph(seed, kNodes);
    Graph after = before;
    const Result<bool> changed = run_pass(after, *GetParam());
    ASSERT_TRUE(changed) << changed.error().text() << "\n" << print_graph(before);
    EXPECT_EQ(*changed, !equal(before, after)) << "seed " << seed;
    changes += *changed;
    ASSERT_EQ(difference(before, after, seed, tolerance_of(*GetParam())), "")
        << "seed " << seed << "\n"
        << print_graph(before) << print_graph(after);
    const Result<bool> again = run_pass(after, *GetParam());
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_FALSE(*again) << "seed " << seed << " is not settled\n" << print_graph(after);
  }
  EXPECT_GT(changes, 10) << "the random graphs give this pass nothing to do";
}

INSTANTIATE_TEST_SUITE_P(All, RandomPass, testing::ValuesIn(all_passes().begin(), all_passes().end()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

TEST(RandomPipelines, KeepTheAnswer) {
  for (const Pipeline& pipeline : all_pipelines()) {
    for (std::uint64_t seed = 1000; seed < 1030; ++seed) expect_same_answer(pipeline, seed, kNodes);
  }
}

}  // namespace paw::testing_support::random_passes_test
