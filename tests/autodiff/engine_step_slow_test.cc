// Whole training steps on the engine: against the reference, on every tier, and the same bits for any number of
// threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/random.h"
#include "lower/lower.h"
#include "nets/blocks.h"
#include "reference/interpreter.h"
#include "runtime/executor.h"
#include "train/step_graph.h"

namespace paw::engine_step_slow_test {

constexpr int kSteps = 3;

// Everything that differs between the families: strides, windows, residuals, gates, pools, dropout.
Result<Model> mixed_net() {
  NetBuilder net(*find_net("mobilenet_v3_small"), {.size = 24, .classes = 4, .batch = 3});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::hard_swish);
  x = net.inverted_residual(x, "block1", {.expanded = 20, .filters = 8});
  x = net.squeeze_excite(x, "se", 4);
  x = net.inverted_residual(x, "block2", {.expanded = 24, .filters = 12, .stride = 2});
  x = net.depthwise_bn_act(x, "dw", 5, 1, &op::relu6);
  x = net.conv_bn_act(x, "pw", {17}, &op::relu);
  return net.finish(net.global_mean(x), 0.2);
}

// Values of every input of the step graph: batch, state, seed.
std::vector<RefTensor> first_feeds(const StepGraph& step) {
  std::vector<RefTensor> feeds;
  for (const ValueId input : step.graph.inputs) {
    const Shape& shape = step.graph.type(input).shape;
    feeds.push_back({shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))});
  }
  Random random(9);
  for (double& pixel : feeds[step.image].data) pixel = static_cast<float>(random.uniform(-1, 1));
  const auto classes = static_cast<std::size_t>(feeds[step.target].shape[1]);
  for (std::size_t row = 0; row < feeds[step.target].data.size(); row += classes) {
    feeds[step.target].data[row + random.below(classes)] = 1;
  }
  feeds[step.lr].data = {0.0625};
  if (step.seed) feeds[*step.seed].data = {1, 2};
  for (const StepState& state : step.states) feeds[state.input] = to_ref(state.initial);
  return feeds;
}

void write(const RefTensor& values, const TensorType& type, void* to) {
  const Tensor tensor = from_ref(type, values);
  std::memcpy(to, tensor.data.data(), tensor.data.size());
}

// Loss of each step, then the state after the last one, laid end to end.
std::vector<float> run_engine(const StepGraph& step, const Plan& plan, Isa isa, int threads) {
  Executor executor(plan, isa, threads);
  const std::vector<RefTensor> feeds = first_feeds(step);
  std::vector<float> results;
  for (int i = 0; i < kSteps; ++i) {
    // The state stays in its place; the plan may use the memory of the other inputs again.
    for (std::size_t k = 0; k < feeds.size(); ++k) {
      const bool is_state = std::ranges::any_of(step.states, [&](const StepState& s) { return s.input == k; });
      if (i == 0 || !is_state) write(feeds[k], step.graph.type(step.graph.inputs[k]), executor.input(k));
    }
    executor.run();
    results.push_back(*static_cast<const float*>(executor.output(0)));
  }
  for (const StepState& state : step.states) {
    EXPECT_EQ(executor.input(state.input), executor.output(state.output)) << "the state moved";
    const auto* values = static_cast<const float*>(executor.output(state.output));
    results.insert(results.end(), values, values + state.initial.type.shape.elements());
  }
  return results;
}

std::vector<double> run_reference(const StepGraph& step) {
  std::vector<RefTensor> feeds = first_feeds(step);
  std::vector<double> results;
  for (int i = 0; i < kSteps; ++i) {
    const auto outputs = interpret(step.graph, feeds);
    EXPECT_TRUE(outputs) << outputs.error().text();
    if (!outputs) return {};
    results.push_back((*outputs)[0].data[0]);
    for (const StepState& state : step.states) feeds[state.input] = (*outputs)[state.output];
  }
  for (const StepState& state : step.states) {
    results.insert(results.end(), feeds[state.input].data.begin(), feeds[state.input].data.end());
  }
  return results;
}

class EngineStep : public ::testing::TestWithParam<bool> {};

TEST_P(EngineStep, AgreesWithTheReferenceAndDoesNotDependOnThreadsOrGroups) {
  const auto model = mixed_net();
  ASSERT_TRUE(model) << model.error().text();
  const auto step = step_graph(*model, {.freeze_statistics = GetParam()});
  ASSERT_TRUE(step) << step.error().text();
  const std::vector<double> expected = run_reference(*step);
  ASSERT_GT(expected.size(), 1000u);
  EXPECT_LT(expected[2], expected[0]) << "three steps on one batch must lower its loss";
  for (const bool group : {true, false}) {
    const auto file = lower(step->graph, {.deploy_passes = false, .group = group});
    ASSERT_TRUE(file) << file.error().text();
    const auto plan = Plan::load(*file, "step.plan");
    ASSERT_TRUE(plan) << plan.error().text();
    for (const Isa isa : available_isas()) {
      const std::vector<float> results = run_engine(*step, *plan, isa, 1);
      ASSERT_EQ(results.size(), expected.size());
      for (std::size_t i = 0; i < results.size(); ++i) {
        ASSERT_NEAR(results[i], expected[i], 2e-4 * (1 + std::abs(expected[i]))) << name(isa) << " at " << i;
      }
      for (const int threads : {2, 3}) {
        const std::vector<float> shared = run_engine(*step, *plan, isa, threads);
        EXPECT_EQ(std::memcmp(shared.data(), results.data(), results.size() * sizeof(float)), 0)
            << name(isa) << ", " << threads << " threads";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Statistics, EngineStep, ::testing::Bool(),
                         [](const auto& frozen) { return frozen.param ? "Frozen" : "OfTheBatch"; });

class EveryNet : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryNet, TrainsOnTheEngine) {
  const auto model = build_net(GetParam(), {.size = 64, .classes = 3, .batch = 4});
  ASSERT_TRUE(model) << model.error().text();
  const auto step = step_graph(*model);
  ASSERT_TRUE(step) << step.error().text();
  const auto file = lower(step->graph, {.deploy_passes = false});
  ASSERT_TRUE(file) << file.error().text();
  const auto plan = Plan::load(*file, "step.plan");
  ASSERT_TRUE(plan) << plan.error().text();
  const std::vector<float> results = run_engine(*step, *plan, available_isas().back(), 2);
  for (const float value : results) ASSERT_TRUE(std::isfinite(value));
  EXPECT_NEAR(results[0], std::log(3.0f), 0.2) << "an untrained net guesses";
}

INSTANTIATE_TEST_SUITE_P(Nets, EveryNet,
                         ::testing::Values("pawnet", "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small",
                                           "mobilenet_v3_large", "efficientnet_lite0", "efficientnet_b0", "resnet18",
                                           "resnet50"),
                         [](const auto& net) { return std::string(net.param); });

}  // namespace paw::engine_step_slow_test
