// The pipelines on many random graphs and on every built-in net.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "nets/nets.h"
#include "passes/passes.h"
#include "passes/testing/random_graph.h"

namespace paw::pipelines_slow_test {

using testing_support::difference;
using testing_support::expect_same_answer;

constexpr std::uint64_t kGraphs = 500;

class RandomPipeline : public testing::TestWithParam<const Pipeline*> {};

TEST_P(RandomPipeline, KeepsTheAnswerOnEveryGraph) {
  for (std::uint64_t seed = 0; seed < kGraphs && !HasFailure(); ++seed) {
    expect_same_answer(*GetParam(), 5000 + seed, 15 + static_cast<int>(seed % 40));
  }
}

std::vector<const Pipeline*> pipelines() {
  std::vector<const Pipeline*> all;
  for (const Pipeline& pipeline : all_pipelines()) all.push_back(&pipeline);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, RandomPipeline, testing::ValuesIn(pipelines()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

class DeployedNet : public testing::TestWithParam<const NetInfo*> {};

// All batch norm, dropout and pads are gone; the answer is the same.
TEST_P(DeployedNet, IsBareAndAnswersAlike) {
  const NetInfo& net = *GetParam();
  Result<Model> model =
      build_net(net.name, {.size = std::max<std::int64_t>(net.min_size, 32), .classes = 4, .seed = 3});
  ASSERT_TRUE(model) << model.error().text();
  Graph after = model->graph;
  const Status status = run_pipeline(after, *find_pipeline("deploy"));
  ASSERT_TRUE(status) << status.error().text();
  const std::set<std::string_view> gone = {"batch_norm", "dropout", "pad", "transpose", "squeeze", "expand_dims"};
  for (const Node& node : after.nodes)
    EXPECT_FALSE(gone.contains(node.op->name)) << node.op->name << " " << node.source;
  EXPECT_EQ(difference(model->graph, after, 11, 1e-5), "");
}

INSTANTIATE_TEST_SUITE_P(All, DeployedNet, testing::ValuesIn([] {
                           std::vector<const NetInfo*> all;
                           for (const NetInfo& net : all_nets()) all.push_back(&net);
                           return all;
                         }()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

}  // namespace paw::pipelines_slow_test
