#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "lower/plan_testing.h"
#include "nets/nets.h"
#include "ops/activation.h"
#include "ops/shape_ops.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/ranges.h"
#include "optimize/quantize/scale_groups.h"
#include "optimize/quantize/static_int8.h"
#include "optimize/quantize/weights.h"
#include "passes/passes.h"

namespace paw::quantize_test {

Graph net(std::string_view name) {
  auto model = build_net(name, {.size = 32, .width = name.starts_with("mobilenet") ? 0.5 : 1.0, .classes = 4});
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  EXPECT_TRUE(run_pipeline(model->graph, *find_pipeline("deploy")));
  return model->graph;
}

// Ranges over a few random pictures.
ValueRanges measured(const Graph& graph, std::uint64_t seed = 5) {
  auto meter = RangeMeter::create(graph, 1);
  EXPECT_TRUE(meter) << (meter ? "" : meter.error().text());
  Random random(seed);
  for (int i = 0; i < 4; ++i) {
    for (std::size_t k = 0; k < graph.inputs.size(); ++k) {
      for (float& v : meter->input(k)) v = static_cast<float>(random.uniform(-1, 1));
    }
    EXPECT_TRUE(meter->run());
  }
  return meter->ranges();
}

std::vector<std::vector<double>> results(const Graph& graph, std::uint64_t seed) {
  const auto plan = Plan::load(*lower(graph), "test");
  Random random(seed);
  std::vector<std::vector<double>> out;
  for (int i = 0; i < 4; ++i) {
    RefTensor x{plan->inputs()[0].type.shape, {}};
    for (std::int64_t k = 0; k < x.shape.elements(); ++k) x.data.push_back(static_cast<float>(random.uniform(-1, 1)));
    out.push_back(real_values(run_plan(*plan, available_isas().back(), 1, std::span(&x, 1))[0]));
  }
  return out;
}

double farthest(const Graph& a, const Graph& b) {
  const auto x = results(a, 5), y = results(b, 5);
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t k = 0; k < x[i].size(); ++k) most = std::max(most, std::abs(x[i][k] - y[i][k]));
  }
  return most;
}

bool holds(const Graph& graph, DType dtype) {
  return std::ranges::any_of(graph.values, [&](const Value& v) { return v.type.dtype == dtype; });
}

TEST(Quantize, NetsInIntegersAnswerAlmostAlike) {
  for (const char* name : {"pawnet", "mobilenet_v2", "mobilenet_v3_small", "resnet18"}) {
    const Graph graph = net(name);
    const auto quantised = static_int8(graph, measured(graph));
    ASSERT_TRUE(quantised) << name << ": " << quantised.error().text();
    EXPECT_LT(farthest(graph, *quantised), 0.05) << name;
    EXPECT_TRUE(holds(*quantised, DType::kI8));
    EXPECT_EQ(quantised->type(quantised->inputs[0]), graph.type(graph.inputs[0]));
    EXPECT_EQ((*quantised)[quantised->outputs[0]].name, graph[graph.outputs[0]].name);
  }
}

TEST(Quantize, EveryLayerRunsInIntegers) {
  const Graph graph = net("mobilenet_v2");
  const auto quantised = static_int8(graph, measured(graph));
  ASSERT_TRUE(quantised);
  const auto plan = Plan::load(*lower(*quantised), "test");
  ASSERT_TRUE(plan);
  std::size_t floats = 0;
  for (const PlanStep& step : plan->steps()) floats += std::string_view(step.def->name).ends_with("_f32") ? 1u : 0u;
  EXPECT_EQ(floats, 0u);
}

TEST(Quantize, PortsAsAsked) {
  const Graph graph = net("pawnet");
  const ValueRanges ranges = measured(graph);
  const auto bytes = static_int8(graph, ranges, {.inputs = QuantisedPorts::kU8, .outputs = QuantisedPorts::kU8});
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(bytes->type(bytes->inputs[0]).dtype, DType::kU8);
  EXPECT_EQ(*bytes->type(bytes->outputs[0]).quant, *per_tensor(1.0f / 256, 0));
  const auto with_sign = static_int8(graph, ranges, {.inputs = QuantisedPorts::kI8, .outputs = QuantisedPorts::kI8});
  ASSERT_TRUE(with_sign);
  EXPECT_EQ(with_sign->type(with_sign->inputs[0]).dtype, DType::kI8);
  EXPECT_EQ(*with_sign->type(with_sign->outputs[0]).quant, *per_tensor(1.0f / 256, -128));
  EXPECT_LT(farthest(*bytes, *with_sign), 1e-9);
}

TEST(Quantize, WeightsAlone) {
  const Graph graph = net("pawnet");
  Graph half = graph, eight = graph, four = graph, dynamic = graph;
  ASSERT_TRUE(weights_to_f16(half));
  ASSERT_TRUE(weights_to_int(eight, DType::kI8, true));
  ASSERT_TRUE(weights_to_int(four, DType::kI4, true));
  ASSERT_TRUE(weights_to_int(dynamic, DType::kI8, false));
  EXPECT_TRUE(holds(half, DType::kF16));
  EXPECT_TRUE(holds(four, DType::kI4));
  EXPECT_LT(farthest(graph, half), 2e-3);
  EXPECT_LT(farthest(graph, eight), 0.02);
  EXPECT_LT(farthest(graph, four), 0.4);
  EXPECT_LT(farthest(eight, dynamic), 1e-9);
  EXPECT_FALSE(weights_to_int(half, DType::kU8, true));
}

// As many weights to a scale as the largest divisor of the input channels has, no more than asked for.
TEST(Quantize, WeightsInBlocks) {
  const Graph graph = net("pawnet");
  Graph whole = graph, blocks = graph;
  ASSERT_TRUE(weights_to_int(whole, DType::kI4, true));
  ASSERT_TRUE(weights_to_int(blocks, DType::kI4, true, 10));
  int in_blocks = 0;
  for (const Value& v : blocks.values) {
    if (v.type.dtype != DType::kI4) continue;
    const std::int64_t columns = v.type.shape.back();
    std::int64_t widest = std::min<std::int64_t>(10, columns);
    while (columns % widest != 0) --widest;
    EXPECT_EQ(v.type.quant->block, columns <= 10 ? 0 : widest) << columns;
    in_blocks += v.type.quant->block != 0 ? 1 : 0;
  }
  EXPECT_GT(in_blocks, 3);
  EXPECT_LT(farthest(graph, blocks), farthest(graph, whole));
}

// Dead channels have weights of almost nothing and a bias: the bias still fits.
TEST(Quantize, SmallWeightsLeaveTheBiasRoom) {
  GraphBuilder b("dead");
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 4, 2}});
  const std::vector<float> w{1e-30f, -1e-30f, 0.5f, 0.25f, 0, 0}, bias{3.0f, 0.1f, 0};
  b.output(b.call(op::conv2d, {x, b.constant(Tensor::f32({3, 1, 1, 2}, w)), b.constant(Tensor::f32(Shape{3}, bias))}));
  const Graph graph = *b.finish();
  const auto quantised = static_int8(graph, measured(graph));
  ASSERT_TRUE(quantised) << quantised.error().text();
  for (const Value& v : quantised->values) {
    if (v.type.dtype != DType::kI32) continue;
    for (const double stored : stored_values({v.type, *v.constant})) EXPECT_LE(std::abs(stored), 1 << 30);
  }
  EXPECT_LT(farthest(graph, *quantised), 0.03);
}

// A layer and its clamp have one scale, and so have all that a concat joins; sigmoid's is its own.
TEST(Quantize, ScalesAreShared) {
  GraphBuilder b("shared");
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 4, 2}});
  const ValueId sum = b.call(op::add, {x, x});
  const ValueId clamped = b.call(op::relu, {sum});
  const ValueId gate = b.call(op::sigmoid, {x});
  const ValueId both = b.call(op::concat, {clamped, x, gate}, ConcatAttrs{3});
  b.output(b.call(op::reshape, {gate}, ShapeAttrs{{32}}));
  b.output(both);
  const Graph graph = *b.finish();
  const auto scales = choose_scales(graph, measured(graph));
  ASSERT_TRUE(scales) << scales.error().text();
  const auto of = [&](ValueId v) { return *(*scales)[v.index]; };
  EXPECT_EQ(of(sum), of(clamped));
  EXPECT_EQ(of(clamped), of(both));
  EXPECT_EQ(of(x), of(both));
  EXPECT_EQ(of(gate), *per_tensor(1.0f / 256, -128));
  EXPECT_EQ(of(graph.outputs[0]), of(gate));
  EXPECT_LT(of(both).scale[0], 3.1f / 255);
  const auto quantised = static_int8(graph, measured(graph));
  ASSERT_TRUE(quantised) << quantised.error().text();
}

float real_of(const QuantParams& q, std::int32_t stored) {
  return static_cast<float>(stored - q.zero_point[0]) * q.scale[0];
}

TEST(Quantize, ScalesHoldZeroExactly) {
  for (const auto& [lo, hi] : {std::pair{-1.0f, 3.0f}, {0.5f, 2.0f}, {-2.0f, -1.0f}, {0.0f, 0.0f}}) {
    const auto q = i8_params(lo, hi);
    EXPECT_GE(real_of(*q, 127), hi * 0.995f);
    EXPECT_LE(real_of(*q, -128), lo * 0.995f);
  }
}

TEST(Quantize, WhatHasNoIntegerFormStaysFloat) {
  GraphBuilder b("mixed");
  const ValueId x = b.input("x", {DType::kF32, {1, 8}});
  b.output(b.call(op::mul, {b.call(op::exp, {b.call(op::relu, {x})}), x}));
  const Graph graph = *b.finish();
  const auto quantised = static_int8(graph, measured(graph));
  ASSERT_TRUE(quantised) << quantised.error().text();
  EXPECT_LT(farthest(graph, *quantised), 0.04);
}

TEST(Quantize, BadRangesAreRefusedByName) {
  GraphBuilder b("bad");
  const ValueId x = b.input("photo", {DType::kF32, {1, 4}});
  b.output(b.call(op::add, {x, x}, {}, {"twice", {}, {}}));
  const Graph graph = *b.finish();
  ValueRanges ranges(graph.values.size());
  auto refused = static_int8(graph, ranges);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "%photo");
  EXPECT_FALSE(static_int8(graph, {}));
  for (ValueRange& r : ranges) r = {0, INFINITY};
  refused = static_int8(graph, ranges);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadData);

  auto meter = RangeMeter::create(graph, 1);
  ASSERT_TRUE(meter);
  std::ranges::fill(meter->input(0), 3e38f);
  const auto overflow = meter->run();
  ASSERT_FALSE(overflow);
  EXPECT_EQ(overflow.error().where, "%twice");
}

}  // namespace paw::quantize_test
