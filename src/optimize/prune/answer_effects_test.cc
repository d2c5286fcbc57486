#include "optimize/prune/answer_effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::answer_effects_test {

using ::testing::HasSubstr;

constexpr std::int64_t kPlaces = 4, kChannels = 2;

struct Net {
  Graph graph;
  ValueId made;                // what the convolution puts out, [1,2,2,2]
  std::vector<float> weights;  // of the answers, [classes][2]
};

// A convolution that passes channels on, a relu, means over places, a dense layer.
Net small_net(std::int64_t classes) {
  Net net;
  Random random(5);
  for (std::int64_t i = 0; i < classes * kChannels; ++i) net.weights.push_back(static_cast<float>(random.normal()));
  GraphBuilder builder("small");
  const ValueId x = builder.input("x", {DType::kF32, {1, 2, 2, kChannels}});
  const ValueId one = builder.constant(Tensor::f32({kChannels, 1, 1, kChannels}, std::vector<float>{1, 0, 0, 1}));
  net.made = builder.call(op::conv2d, {x, one}, Conv2dAttrs{});
  const ValueId mean = builder.call(op::reduce_mean, {builder.call(op::relu, {net.made})}, ReduceAttrs{.axes = {1, 2}});
  const ValueId dense = builder.constant(Tensor::f32({classes, kChannels}, net.weights));
  builder.output(builder.call(op::softmax, {builder.call(op::fully_connected, {mean, dense})}));
  auto graph = builder.finish();
  EXPECT_TRUE(graph) << graph.error().text();
  net.graph = std::move(*graph);
  return net;
}

CalibrationSet examples(std::int64_t count) {
  CalibrationSet set{.shape = {1, 2, 2, kChannels}, .values = {}};
  Random random(6);
  for (std::int64_t i = 0; i < count * kPlaces * kChannels; ++i)
    set.values.push_back(static_cast<float>(random.normal()));
  return set;
}

// Of channel c, by hand: a place that is not cut off by the relu moves answer k by weights[k][c] / places; a direction
// of length 1 among those of sum 0 sees of it, squared, one part in classes - 1.
double by_hand(const Net& net, const CalibrationSet& set, std::int64_t c) {
  const std::int64_t classes = std::ssize(net.weights) / kChannels;
  double mean = 0, squares = 0, open = 0;
  for (std::int64_t k = 0; k < classes; ++k)
    mean +=
        static_cast<double>(net.weights[static_cast<std::size_t>(k * kChannels + c)]) / static_cast<double>(classes);
  for (std::int64_t k = 0; k < classes; ++k) {
    const double v = static_cast<double>(net.weights[static_cast<std::size_t>(k * kChannels + c)]) - mean;
    squares += v * v;
  }
  for (std::size_t i = static_cast<std::size_t>(c); i < set.values.size(); i += kChannels)
    open += set.values[i] > 0 ? 1 : 0;
  return open / static_cast<double>(set.size()) * squares / (kPlaces * kPlaces) / static_cast<double>(classes - 1);
}

TEST(AnswerEffects, OfTwoClassesThereIsOneDirection) {
  const Net net = small_net(2);
  const CalibrationSet set = examples(5);
  const auto effects = answer_effects(net.graph, std::span(&net.made, 1), set, 1);
  ASSERT_TRUE(effects) << effects.error().text();
  ASSERT_EQ(effects->size(), 1u);
  for (std::int64_t c = 0; c < kChannels; ++c)
    EXPECT_NEAR((*effects)[0][static_cast<std::size_t>(c)], by_hand(net, set, c), 1e-6);
}

TEST(AnswerEffects, OfManyClassesDirectionsAverage) {
  const Net net = small_net(5);
  const CalibrationSet set = examples(4000);
  const auto effects = answer_effects(net.graph, std::span(&net.made, 1), set, 2);
  ASSERT_TRUE(effects) << effects.error().text();
  for (std::int64_t c = 0; c < kChannels; ++c) {
    const double wanted = by_hand(net, set, c);
    EXPECT_NEAR((*effects)[0][static_cast<std::size_t>(c)], wanted, 0.1 * wanted);
  }
}

TEST(AnswerEffects, WhatHasNoGradientIsNamed) {
  GraphBuilder builder("rounded");
  const ValueId x = builder.input("x", {DType::kF32, {1, 2}});
  const ValueId y = builder.call(op::abs, {x});
  const auto quant = std::make_shared<const QuantParams>(QuantParams{.scale = {0.1F}, .zero_point = {0}});
  const ValueId q = builder.call(op::quantize, {y}, DtypeAttrs{DType::kI8}, {.name = "", .source = "", .quant = quant});
  builder.output(builder.call(op::dequantize, {q}));
  const auto graph = builder.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  const CalibrationSet set{.shape = {1, 2}, .values = {1, 2}};
  const auto effects = answer_effects(*graph, std::span(&y, 1), set, 1);
  ASSERT_FALSE(effects);
  EXPECT_EQ(effects.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(effects.error().text(), HasSubstr("quantize"));
}

}  // namespace paw::answer_effects_test
