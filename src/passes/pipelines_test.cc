#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "ir/text.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/testing/random_graph.h"

namespace paw::pipelines_test {

using testing::HasSubstr;
using testing_support::difference;

TEST(Pipelines, EveryStepHasAReasonAndItsOrderHolds) {
  for (const Pipeline& pipeline : all_pipelines()) {
    std::set<std::string_view> done;
    for (const PipelineStep& step : pipeline.steps) {
      EXPECT_FALSE(step.reason.empty()) << pipeline.name << ": " << step.pass->name;
      for (const std::string_view needed : step.after) {
        EXPECT_NE(find_pass(needed), nullptr) << pipeline.name << " waits for an unknown pass " << needed;
        EXPECT_TRUE(done.contains(needed)) << pipeline.name << ": " << step.pass->name << " before " << needed;
      }
      done.insert(step.pass->name);
    }
  }
}

TEST(Pipelines, AShuffledOrderIsRefused) {
  for (const Pipeline& pipeline : all_pipelines()) {
    std::vector<PipelineStep> steps(pipeline.steps.begin(), pipeline.steps.end());
    std::ranges::reverse(steps);
    Graph graph = testing_support::random_graph(1, 10);
    const Status status = run_pipeline(graph, {.name = pipeline.name, .summary = "reversed", .steps = steps});
    ASSERT_FALSE(status) << pipeline.name;
    EXPECT_EQ(status.error().code, ErrorCode::kInternal);
    EXPECT_THAT(status.error().text(), HasSubstr("must run after"));
  }
}

TEST(Pipelines, NamesAreUniqueAndFound) {
  for (const Pass* pass : all_passes()) EXPECT_EQ(find_pass(pass->name), pass);
  for (const Pipeline& pipeline : all_pipelines()) EXPECT_EQ(find_pipeline(pipeline.name), &pipeline);
  EXPECT_EQ(find_pass("nothing"), nullptr);
  EXPECT_EQ(find_pipeline("nothing"), nullptr);
}

std::map<std::string_view, int> count_ops(const Graph& graph) {
  std::map<std::string_view, int> counts;
  for (const Node& node : graph.nodes) ++counts[node.op->name];
  return counts;
}

// A MobileNetV2 block as a TensorFlow model has it: explicit pad before a strided depthwise layer.
constexpr const char* kBlock = R"(graph block(%x: f32[1,6,6,2]) -> (%y) {
  %w1 = const dense [0.5,-0.25,0.75,0.125,-0.5,0.3,0.2,0.9] : f32[4,1,1,2]
  %0 = conv2d(%x, %w1) {padding=same} : f32[1,6,6,4] @ "expand"
  %s1 = const dense [1,0.5,1.5,2] : f32[4]
  %o1 = const dense [0.1,-0.1,0.2,0] : f32[4]
  %m1 = const dense [0.3,0.2,-0.1,0.5] : f32[4]
  %v1 = const dense [1,2,0.5,0.25] : f32[4]
  %1 = batch_norm(%0, %s1, %o1, %m1, %v1) : f32[1,6,6,4] @ "expand_bn"
  %2 = relu6(%1) : f32[1,6,6,4]
  %3 = pad(%2) {before=[0,0,0,0], after=[0,1,1,0]} : f32[1,7,7,4]
  %w2 = const dense [1,2,3,4,5,6,7,8,9,8,7,6,5,4,3,2,1,0,-1,-2,-3,-4,-5,-6,-7,-8,-9,-8,-7,-6,-5,-4,-3,-2,-1,0] : f32[1,3,3,4]
  %4 = depthwise_conv2d(%3, %w2) {stride=[2,2]} : f32[1,3,3,4] @ "depthwise"
  %5 = batch_norm(%4, %s1, %o1, %m1, %v1) : f32[1,3,3,4] @ "depthwise_bn"
  %six = const fill 6 : f32[]
  %6 = relu(%5) : f32[1,3,3,4]
  %7 = minimum(%6, %six) : f32[1,3,3,4]
  %w3 = const dense [0.5,-0.25,0.75,0.125,-0.5,0.3,0.2,0.9] : f32[2,1,1,4]
  %8 = conv2d(%7, %w3) : f32[1,3,3,2] @ "project"
  %s2 = const dense [1,0.5] : f32[2]
  %9 = batch_norm(%8, %s2, %s2, %s2, %s2) : f32[1,3,3,2] @ "project_bn"
  %10 = dropout(%9) {rate=0.2} : f32[1,3,3,2]
  %y = softmax(%10) : f32[1,3,3,2]
}
)";

TEST(Pipelines, DeployLeavesABareBlock) {
  const Result<Graph> before = parse_graph(kBlock, {.ops = all_ops()});
  ASSERT_TRUE(before) << before.error().text();
  Graph after = *before;
  const Status status = run_pipeline(after, *find_pipeline("deploy"));
  ASSERT_TRUE(status) << status.error().text();
  const std::map<std::string_view, int> expected = {
      {"conv2d", 2}, {"depthwise_conv2d", 1}, {"relu6", 2}, {"softmax", 1}};
  EXPECT_EQ(count_ops(after), expected) << print_graph(after);
  EXPECT_EQ(difference(*before, after, 7, 1e-5), "");
}

TEST(Pipelines, TrainKeepsWhatTrainingChanges) {
  const Result<Graph> before = parse_graph(kBlock, {.ops = all_ops()});
  ASSERT_TRUE(before) << before.error().text();
  Graph after = *before;
  ASSERT_TRUE(run_pipeline(after, *find_pipeline("train")));
  EXPECT_EQ(count_ops(after), count_ops(*before));
}

// The same block in NCHW, as a reader of ONNX brings it: every layer between two transposes.
TEST(Pipelines, AnImportedNchwBlockBecomesNhwc) {
  const Result<Graph> before = parse_graph(R"(graph nchw(%x: f32[1,2,4,4]) -> (%y) {
  %0 = transpose(%x) {perm=[0,2,3,1]} : f32[1,4,4,2]
  %w = const fill 0.25 : f32[2,3,3,2]
  %1 = conv2d(%0, %w) {padding=explicit, pads=[1,1,1,1]} : f32[1,4,4,2] @ "conv1"
  %2 = transpose(%1) {perm=[0,3,1,2]} : f32[1,2,4,4]
  %bias = const dense [0.5,-0.5] : f32[2,1,1]
  %3 = add(%2, %bias) : f32[1,2,4,4]
  %4 = relu(%3) : f32[1,2,4,4]
  %5 = transpose(%4) {perm=[0,2,3,1]} : f32[1,4,4,2]
  %6 = conv2d(%5, %w) {padding=same} : f32[1,4,4,2] @ "conv2"
  %7 = transpose(%6) {perm=[0,3,1,2]} : f32[1,2,4,4]
  %8 = add(%7, %4) : f32[1,2,4,4] @ "residual"
  %9 = sigmoid(%8) : f32[1,2,4,4]
  %10 = mul(%8, %9) : f32[1,2,4,4] @ "silu"
  %11 = reduce_mean(%10) {axes=[2,3], keep_dims=true} : f32[1,2,1,1]
  %12 = reshape(%11) {shape=[1,2]} : f32[1,2]
  %y = softmax(%12) : f32[1,2]
}
)",
                                           {.ops = all_ops()});
  ASSERT_TRUE(before) << before.error().text();
  Graph after = *before;
  const Status status = run_pipeline(after, *find_pipeline("deploy"));
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(count_ops(after)["transpose"], 1) << "only the one at the NCHW input is left\n" << print_graph(after);
  EXPECT_EQ(count_ops(after)["reshape"], 1) << print_graph(after);
  EXPECT_EQ(difference(*before, after, 3, 1e-5), "");
}

TEST(Pipelines, DeployKeepsTheAnswerOfPawnet) {
  Result<Model> model = build_net("pawnet", {.size = 32, .seed = 5});
  ASSERT_TRUE(model) << model.error().text();
  Graph after = model->graph;
  const Status status = run_pipeline(after, *find_pipeline("deploy"));
  ASSERT_TRUE(status) << status.error().text();
  std::map<std::string_view, int> left = count_ops(after);
  for (const char* gone : {"batch_norm", "dropout", "pad", "transpose"}) EXPECT_EQ(left[gone], 0) << gone;
  EXPECT_EQ(difference(model->graph, after, 11, 1e-5), "");
}

}  // namespace paw::pipelines_test
