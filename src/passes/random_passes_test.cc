// Every pass and pipeline on random graphs: the answer stays, the result verifies, settles and prints the same each
// time.
#include <gtest/gtest.h>

#include "ir/text.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/random_graph.h"

namespace paw::testing_support {
namespace {

constexpr int kGraphs = 500;
constexpr int kNodes = 25;

// Passes that only move or drop work are exact; sums in another order round in another place.
double tolerance_of(const Pass& pass) {
  if (&pass == &pass::fold_batch_norm || &pass == &pass::simplify_algebra) return 1e-5;
  return &pass == &pass::cancel_transposes ? 1e-6 : 0.0;
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

class RandomPipeline : public testing::TestWithParam<const Pipeline*> {};

TEST_P(RandomPipeline, KeepsTheAnswerOnEveryGraph) {
  for (std::uint64_t seed = 1000; seed < 1000 + kGraphs; ++seed) {
    const Graph before = random_graph(seed, kNodes);
    Graph after = before, twin = random_graph(seed, kNodes);
    const Status status = run_pipeline(after, *GetParam());
    ASSERT_TRUE(status) << status.error().text() << "\n" << print_graph(before);
    ASSERT_EQ(difference(before, after, seed, 1e-5), "") << "seed " << seed << "\n"
                                                         << print_graph(before) << print_graph(after);
    ASSERT_TRUE(run_pipeline(twin, *GetParam()));
    ASSERT_EQ(print_graph(after), print_graph(twin));
    const Result<Graph> read = parse_graph(print_graph(after), {.ops = find_op});
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_TRUE(equal(after, *read));
  }
}

std::vector<const Pipeline*> pipelines() {
  std::vector<const Pipeline*> all;
  for (const Pipeline& pipeline : all_pipelines()) all.push_back(&pipeline);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, RandomPipeline, testing::ValuesIn(pipelines()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

}  // namespace
}  // namespace paw::testing_support
