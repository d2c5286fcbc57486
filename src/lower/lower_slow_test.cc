#include "lower/lower.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/random.h"
#include "nets/nets.h"
#include "reference/interpreter.h"
#include "runtime/executor.h"

namespace paw::lower_slow_test {

// The graph's random input as the interpreter and the engine take it.
RefTensor random_image(const Graph& graph) {
  RefTensor image{graph.type(graph.inputs[0]).shape, {}};
  Random random(3);
  image.data.resize(static_cast<std::size_t>(image.shape.elements()));
  for (double& v : image.data) v = static_cast<float>(random.uniform(-1, 1));
  return image;
}

std::vector<float> run_plan(const Bytes& file, const RefTensor& image, Isa isa, int threads) {
  const auto plan = Plan::load(file, "test.plan");
  if (!plan) {
    ADD_FAILURE() << plan.error().text();
    return {};
  }
  Executor executor(*plan, isa, threads);
  std::vector<float> scores(static_cast<std::size_t>(plan->outputs()[0].type.shape.elements()));
  for (int repeat = 0; repeat < 2; ++repeat) {
    auto* input = static_cast<float*>(executor.input(0));
    for (std::size_t i = 0; i < image.data.size(); ++i) input[i] = static_cast<float>(image.data[i]);
    executor.run();
    std::vector<float> again(scores.size());
    std::memcpy(again.data(), executor.output(0), scores.size() * sizeof(float));
    if (repeat > 0) {
      EXPECT_EQ(scores, again) << "a second run differs";
    }
    scores = again;
  }
  return scores;
}

struct NetCase {
  const char* net;
  std::int64_t size;
};

class LowerNet : public ::testing::TestWithParam<NetCase> {};

TEST_P(LowerNet, AnswersLikeTheReferenceOnEveryTierAndThreadCount) {
  const auto model = build_net(GetParam().net, {.size = GetParam().size, .classes = 10});
  ASSERT_TRUE(model) << model.error().text();
  const RefTensor image = random_image(model->graph);
  const auto expected = interpret(model->graph, std::span(&image, 1));
  ASSERT_TRUE(expected);
  const auto file = lower(model->graph);
  ASSERT_TRUE(file) << file.error().text();
  const auto ungrouped = lower(model->graph, {.group = false});
  ASSERT_TRUE(ungrouped);
  EXPECT_EQ(*file, *lower(model->graph)) << "lowering is not deterministic";
  for (const Isa isa : available_isas()) {
    const std::vector<float> scores = run_plan(*file, image, isa, 1);
    ASSERT_EQ(scores.size(), (*expected)[0].data.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      EXPECT_NEAR(scores[i], (*expected)[0].data[i], 2e-5) << name(isa) << " class " << i;
    }
    EXPECT_EQ(scores, run_plan(*file, image, isa, 2)) << name(isa);
    EXPECT_EQ(scores, run_plan(*file, image, isa, 3)) << name(isa);
    EXPECT_EQ(scores, run_plan(*ungrouped, image, isa, 1)) << name(isa);
  }
}

// All buffers of a group live together: a group of steps that are large on both sides costs memory for all of them. It
// once held a depthwise convolution and the two layers behind it: 8.83 MB. LiteRT takes 6.62 (bench/RESULTS.md).
TEST(LowerArena, MobilenetV2StaysBelowLiteRT) {
  const auto model = build_net("mobilenet_v2");
  ASSERT_TRUE(model) << model.error().text();
  const auto file = lower(model->graph);
  ASSERT_TRUE(file) << file.error().text();
  const auto plan = Plan::load(*file, "test.plan");
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_LE(plan->arena_bytes(), 6'100'000u);
}

INSTANTIATE_TEST_SUITE_P(Nets, LowerNet,
                         ::testing::Values(NetCase{"pawnet", 64}, NetCase{"mobilenet_v1", 64},
                                           NetCase{"mobilenet_v2", 64}, NetCase{"mobilenet_v3_small", 64},
                                           NetCase{"mobilenet_v3_large", 64}, NetCase{"efficientnet_lite0", 64},
                                           NetCase{"efficientnet_b0", 64}, NetCase{"resnet18", 64},
                                           NetCase{"resnet50", 64}),
                         [](const auto& net) { return std::string(net.param.net); });

}  // namespace paw::lower_slow_test
