#include "optimize/prune/channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/model.h"
#include "nets/nets.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "optimize/prune/channel_groups.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"

namespace paw::channels_test {

using testing::HasSubstr;

constexpr std::int64_t kWide = 32, kHalf = kWide / 2;

std::vector<float> random_numbers(std::size_t count, std::uint64_t seed, double scale) {
  Random random(seed, 0);
  std::vector<float> out(count);
  for (float& v : out) v = static_cast<float>(random.uniform(-scale, scale));
  return out;
}

// Of the 32 channels between the convolutions the last 16 are the first ones again, twice as large: they can go.
Graph doubled_net() {
  GraphBuilder builder("doubled");
  const ValueId x = builder.input("x", {DType::kF32, {1, 6, 6, 4}});
  std::vector<float> expand = random_numbers(kWide * 4, 1, 0.5), deep = random_numbers(9 * kWide, 2, 0.5);
  for (std::size_t c = 0; c < kHalf; ++c) {
    for (std::size_t i = 0; i < 4; ++i) expand[(kHalf + c) * 4 + i] = 2 * expand[c * 4 + i];
    for (std::size_t t = 0; t < 9; ++t) deep[t * kWide + kHalf + c] = deep[t * kWide + c];
  }
  const auto constant = [&](Shape shape, const std::vector<float>& values) {
    return builder.constant(Tensor::f32(shape, values));
  };
  builder.set_scope("expand");
  ValueId y = builder.call(op::conv2d, {x, constant({kWide, 1, 1, 4}, expand)}, Conv2dAttrs{});
  y = builder.call(op::relu, {y});
  builder.set_scope("dw");
  y = builder.call(op::depthwise_conv2d, {y, constant({1, 3, 3, kWide}, deep)}, DepthwiseConv2dAttrs{});
  y = builder.call(op::relu, {y});
  builder.set_scope("project");
  y = builder.call(
      op::conv2d,
      {y, constant({6, 1, 1, kWide}, random_numbers(6 * kWide, 3, 0.5)), constant({6}, random_numbers(6, 4, 0.5))},
      Conv2dAttrs{});
  y = builder.call(op::reduce_mean, {y}, ReduceAttrs{.axes = {1, 2}});
  builder.output(builder.call(op::softmax, {y}));
  auto graph = builder.finish();
  EXPECT_TRUE(graph) << graph.error().text();
  return std::move(*graph);
}

CalibrationSet random_examples(const Graph& graph, std::size_t count) {
  CalibrationSet set{.shape = graph.type(graph.inputs[0]).shape, .values = {}};
  set.values = random_numbers(count * static_cast<std::size_t>(set.shape.elements()), 7, 1);
  return set;
}

std::vector<double> answers(const Graph& graph, std::span<const float> example) {
  const RefTensor input{graph.type(graph.inputs[0]).shape, {example.begin(), example.end()}};
  const auto result = interpret(graph, std::span(&input, 1));
  EXPECT_TRUE(result) << result.error().text();
  return (*result)[0].data;
}

double farthest(const Graph& a, const Graph& b, const CalibrationSet& examples) {
  double most = 0;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const auto x = answers(a, examples.example(i)), y = answers(b, examples.example(i));
    for (std::size_t k = 0; k < x.size(); ++k) most = std::max(most, std::abs(x[k] - y[k]));
  }
  return most;
}

TEST(Channels, WhatIsThereTwiceGoesForNothing) {
  const Graph graph = doubled_net();
  const CalibrationSet examples = random_examples(graph, 16);
  const auto pruned = prune_channels(graph, examples, {.percent = 50});
  ASSERT_TRUE(pruned) << pruned.error().text();
  EXPECT_EQ(pruned->groups, 1);
  EXPECT_EQ(pruned->macs_after * 2, pruned->macs_before);
  EXPECT_EQ(pruned->graph.type(pruned->graph.nodes[0].outputs[0]).shape, (Shape{1, 6, 6, kHalf}));
  EXPECT_EQ(pruned->graph.nodes[0].source, "expand");
  EXPECT_LT(farthest(graph, pruned->graph, examples), 0.003);
}

// Half of the channels are large and reach no answer, the others are small and make them all.
TEST(Channels, WhatNoAnswerHearsGoesFirst) {
  GraphBuilder builder("deaf");
  const ValueId x = builder.input("x", {DType::kF32, {1, 6, 6, 4}});
  std::vector<float> expand = random_numbers(kWide * 4, 1, 0.5), read = random_numbers(8 * kWide, 3, 0.5);
  std::vector<float> answers = random_numbers(3 * 8, 4, 0.5);
  for (std::size_t c = 0; c < kHalf; ++c) {
    for (std::size_t i = 0; i < 4; ++i) expand[c * 4 + i] *= 10;
  }
  for (std::size_t o = 0; o < 8; ++o) {  // outputs 0 to 3 read the large ones, the others the small ones
    for (std::size_t c = 0; c < kWide; ++c) {
      if ((o < 4) != (c < kHalf)) read[o * kWide + c] = 0;
    }
    for (std::size_t k = 0; o < 4 && k < 3; ++k) answers[k * 8 + o] = 0;
  }
  const auto layer = [&](ValueId in, std::int64_t out, std::int64_t width, const std::vector<float>& weights) {
    return builder.call(op::conv2d, {in, builder.constant(Tensor::f32({out, 1, 1, width}, weights))}, Conv2dAttrs{});
  };
  ValueId y = builder.call(op::relu, {layer(x, kWide, 4, expand)});
  y = builder.call(op::relu, {layer(y, 8, kWide, read)});
  y = builder.call(op::reduce_mean, {y}, ReduceAttrs{.axes = {1, 2}});
  y = builder.call(op::fully_connected, {y, builder.constant(Tensor::f32({3, 8}, answers))});
  builder.output(builder.call(op::softmax, {y}));
  const auto graph = builder.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  const CalibrationSet examples = random_examples(*graph, 16);
  const auto pruned = prune_channels(*graph, examples, {.percent = 40});
  ASSERT_TRUE(pruned) << pruned.error().text();
  EXPECT_LT(farthest(*graph, pruned->graph, examples), 1e-4);
}

TEST(Channels, WhatIsLeftMakesUpForWhatGoes) {
  const Graph graph = doubled_net();
  const CalibrationSet examples = random_examples(graph, 16);
  const auto groups = channel_groups(graph);
  ASSERT_EQ(groups.size(), 1u);
  std::vector<std::int64_t> first;
  for (std::int64_t c = 0; c < kHalf; ++c) first.push_back(c);
  const auto cut = without_channels(graph, groups, {first});
  ASSERT_TRUE(cut) << cut.error().text();
  const auto pruned = prune_channels(graph, examples, {.percent = 50});
  EXPECT_GT(farthest(graph, *cut, examples), 10 * farthest(graph, pruned->graph, examples));
}

TEST(Channels, ThreadsDoNotChangeTheResult) {
  const Graph graph = doubled_net();
  const CalibrationSet examples = random_examples(graph, 8);
  EXPECT_TRUE(equal(prune_channels(graph, examples, {.percent = 60, .threads = 1})->graph,
                    prune_channels(graph, examples, {.percent = 60, .threads = 2})->graph));
}

TEST(Channels, NetsGetAsNarrowAsAsked) {
  const auto info = build_net("mobilenet_v2", {.size = 96, .classes = 10});
  ASSERT_TRUE(info) << info.error().text();
  const auto model = export_form(*info);
  ASSERT_TRUE(model);
  const auto groups = channel_groups(model->graph);
  EXPECT_GE(groups.size(), 17u) << "one in each block and one between them";
  std::vector<std::vector<std::int64_t>> kept;
  for (const ChannelGroup& group : groups) {
    kept.emplace_back();
    for (std::int64_t c = 0; c < group.channels; c += 2) kept.back().push_back(c);
  }
  const auto half = without_channels(model->graph, groups, kept);
  ASSERT_TRUE(half) << half.error().text();
  EXPECT_LT(totals(*half).macs, totals(model->graph).macs / 3);
  EXPECT_EQ(half->type(half->outputs[0]), model->graph.type(model->graph.outputs[0]));
}

TEST(Channels, SaysWhatCannotBeDone) {
  const Graph graph = doubled_net();
  const auto too_much = prune_channels(graph, random_examples(graph, 4), {.percent = 99});
  ASSERT_FALSE(too_much);
  EXPECT_THAT(too_much.error().text(), HasSubstr("only 75 percent of the arithmetic"));
  EXPECT_EQ(prune_channels(graph, {.shape = {1, 6, 6, 4}, .values = {}}, {}).error().code, ErrorCode::kBadData);
  GraphBuilder builder("one layer");
  const ValueId x = builder.input("x", {DType::kF32, {1, 4}});
  builder.output(
      builder.call(op::fully_connected, {x, builder.constant(Tensor::f32({2, 4}, random_numbers(8, 1, 1)))}));
  const Graph one = *builder.finish();
  EXPECT_THAT(prune_channels(one, random_examples(one, 4), {}).error().text(), HasSubstr("no channel of this net"));
}

}  // namespace paw::channels_test
