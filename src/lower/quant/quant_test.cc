#include "lower/quant/quant.h"

#include <algorithm>

#include "kernels/quant/conv_i8.h"
#include "kernels/quant/pool_i8.h"
#include "lower/plan_testing.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw::quant_test {

std::vector<std::string> kinds(const Graph& graph, const LowerOptions& options = {}) {
  const auto file = lower(graph, options);
  EXPECT_TRUE(file) << (file ? "" : file.error().text());
  if (!file) return {};
  const auto plan = Plan::load(*file, "test");
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().text());
  std::vector<std::string> out;
  for (const PlanStep& step : plan->steps()) out.emplace_back(step.def->name);
  return out;
}

std::string refusal(const Graph& graph) {
  const auto file = lower(graph);
  EXPECT_FALSE(file);
  return file ? "" : file.error().text();
}

const auto kScale = per_tensor(0.05f, 3);

// A 1x1 convolution of two channels to three, with the bias's scale times `bias_off`.
ValueId layer(GraphBuilder& b, ValueId x, float bias_off = 1.0f) {
  const std::vector<double> w{10, -20, 30, 40, -50, 127}, bias{100, -200, 300};
  const float product = 0.05f * 0.01f * bias_off;
  return b.call(op::conv2d,
                {x, b.constant(tensor_from_stored({DType::kI8, {3, 1, 1, 2}, per_tensor(0.01f, 0)}, w)),
                 b.constant(tensor_from_stored({DType::kI32, Shape{3}, per_tensor(product, 0)}, bias))},
                Conv2dAttrs{}, {{}, {}, kScale});
}

TEST(LowerQuant, ClampOfTheSameScaleJoinsTheLayer) {
  GraphBuilder b("clamped");
  b.output(b.call(op::relu6, {layer(b, b.input("x", {DType::kI8, {1, 4, 4, 2}, kScale}))}, {}, {{}, {}, kScale}));
  const Graph graph = *b.finish();
  EXPECT_EQ(kinds(graph), std::vector<std::string>{"conv_i8"});
  const auto plan = Plan::load(*lower(graph), "test");
  const auto& p = *static_cast<const ConvI8*>(plan->steps()[0].params);
  EXPECT_EQ(p.y.min, 3);
  EXPECT_EQ(p.y.max, 123);
}

TEST(LowerQuant, ClampToAnotherScaleIsATable) {
  GraphBuilder b("apart");
  const ValueId y = layer(b, b.input("x", {DType::kI8, {1, 4, 4, 2}, kScale}));
  b.output(b.call(op::relu6, {y}, {}, {{}, {}, per_tensor(6.0f / 255, -128)}));
  EXPECT_EQ(kinds(*b.finish()), (std::vector<std::string>{"conv_i8", "lookup_i8"}));
}

TEST(LowerQuant, RoundingIsChosen) {
  GraphBuilder b("rounding");
  b.output(layer(b, b.input("x", {DType::kI8, {1, 4, 4, 2}, kScale})));
  const Graph graph = *b.finish();
  for (const auto& [rounding, way] :
       {std::pair{Rounding::kFloat, Requantise::kFloat}, {Rounding::kFixedPoint, Requantise::kDouble}}) {
    const auto plan = Plan::load(*lower(graph, {.rounding = rounding}), "test");
    EXPECT_EQ(static_cast<const ConvI8*>(plan->steps()[0].params)->way, way);
  }
}

// Integers between floats; weights stored as f16, i8 and i4 are widened once, when the plan is made.
TEST(LowerQuant, MixedGraphsAndStoredWeights) {
  GraphBuilder b("mixed");
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 4, 2}});
  const ValueId q = b.call(op::quantize, {x}, DtypeAttrs{DType::kI8}, {{}, {}, kScale});
  const ValueId f = b.call(op::dequantize, {layer(b, q)}, DtypeAttrs{DType::kF32});
  const std::vector<double> w{1, 2, 3, 4, 5, 6};
  const ValueId half =
      b.call(op::cast, {b.constant(tensor_from_real({DType::kF16, {2, 1, 1, 3}}, w))}, DtypeAttrs{DType::kF32});
  const ValueId four = b.call(op::dequantize,
                              {b.constant(tensor_from_stored({DType::kI4, {2, 1, 1, 2}, per_tensor(0.5f, 0)},
                                                             std::vector<double>{1, -7, 3, 2}))},
                              DtypeAttrs{DType::kF32});
  const ValueId dynamic =
      b.constant(tensor_from_stored({DType::kI8, {2, 1, 1, 2}, per_tensor(0.5f, 0)}, std::vector<double>{1, -7, 3, 2}));
  const ValueId y = b.call(op::conv2d, {b.call(op::conv2d, {f, half}, Conv2dAttrs{}), four}, Conv2dAttrs{});
  b.output(b.call(op::conv2d, {y, dynamic}, Conv2dAttrs{}));
  const Graph graph = *b.finish();
  EXPECT_EQ(kinds(graph),
            (std::vector<std::string>{"quantise_i8", "conv_i8", "dequantise_i8", "conv_f32", "conv_f32", "conv_f32"}));
  RefTensor in{{1, 4, 4, 2}, std::vector<double>(32)};
  for (std::size_t i = 0; i < 32; ++i)
    in.data[i] = static_cast<float>(0.05 * (static_cast<double>(i) - 16));  // no halves of a step
  const auto expected = interpret(graph, std::span(&in, 1));
  const auto plan = Plan::load(*lower(graph), "test");
  const auto got = run_plan(*plan, available_isas().back(), 2, std::span(&in, 1));
  for (std::size_t i = 0; i < (*expected)[0].data.size(); ++i) {
    EXPECT_NEAR(real_values(got[0])[i], (*expected)[0].data[i], 0.05 * 30) << i;  // one step through three layers
  }
}

TEST(LowerQuant, MovesTakeBitsAsTheyAre) {
  GraphBuilder b("moves");
  const ValueId x = b.input("x", {DType::kU8, {1, 2, 3, 2}, kScale});
  const ValueId padded = b.call(op::pad, {x}, PadAttrs{.before = {0, 1, 0, 0}, .after = {0, 0, 1, 0}});
  b.output(b.call(op::transpose, {padded}, TransposeAttrs{{0, 2, 1, 3}}));
  EXPECT_EQ(kinds(*b.finish()), (std::vector<std::string>{"move", "move", "move"}));
}

TEST(LowerQuant, WhatHasNoIntegerStepIsRefusedByName) {
  {
    GraphBuilder b("div");
    const ValueId x = b.input("x", {DType::kI8, {1, 4}, kScale});
    b.set_scope("layer/7");
    b.output(b.call(op::div, {x, x}, {}, {{}, {}, kScale}));
    EXPECT_NE(refusal(*b.finish()).find("[div 'layer/7']"), std::string::npos);
  }
  {
    GraphBuilder b("i32");
    const ValueId x = b.input("x", {DType::kI32, {1, 4}, per_tensor(0.1f, 0)});
    b.output(b.call(op::add, {x, x}, {}, {{}, {}, per_tensor(0.2f, 0)}));
    EXPECT_NE(refusal(*b.finish()).find("integer steps take i8 and u8"), std::string::npos);
  }
  {
    GraphBuilder b("weights");
    const ValueId x = b.input("x", {DType::kI8, {1, 1, 1, 2}, kScale});
    const ValueId w = b.input("w", {DType::kI8, {3, 1, 1, 2}, per_tensor(0.1f, 0)});
    b.output(b.call(op::conv2d, {x, w}, Conv2dAttrs{}, {{}, {}, kScale}));
    EXPECT_NE(refusal(*b.finish()).find("need constant weights"), std::string::npos);
  }
  {
    GraphBuilder b("bias");
    b.output(layer(b, b.input("x", {DType::kI8, {1, 4, 4, 2}, kScale}), 10.0f));
    EXPECT_NE(refusal(*b.finish()).find("bias has another scale"), std::string::npos);
  }
  {
    GraphBuilder b("reduce");
    const ValueId x = b.input("x", {DType::kI8, {2, 4, 4, 2}, kScale});
    b.output(b.call(op::reduce_mean, {x}, ReduceAttrs{{0, 2}}, {{}, {}, kScale}));
    EXPECT_NE(refusal(*b.finish()).find("neighbouring axes"), std::string::npos);
  }
}

// A constant made of integers may be the whole output.
TEST(LowerQuant, StoredConstantAsOutput) {
  GraphBuilder b("constant");
  b.output(b.input("x", {DType::kF32, {1, 2}}));
  b.output(
      b.call(op::dequantize,
             {b.constant(tensor_from_stored({DType::kI8, Shape{2}, per_tensor(0.5f, 1)}, std::vector<double>{3, -1}))},
             DtypeAttrs{DType::kF32}));
  const Graph graph = *b.finish();
  const auto plan = Plan::load(*lower(graph, {.deploy_passes = false}), "test");
  ASSERT_TRUE(plan);
  Executor executor(*plan, available_isas()[0], 1);
  executor.run();
  EXPECT_EQ(static_cast<const float*>(executor.output(1))[0], 1.0f);
  EXPECT_EQ(static_cast<const float*>(executor.output(1))[1], -1.0f);
}

// Against the reference, which computes on the stored integers.
TEST(LowerQuant, SixteenBitsAreFloatsOfWholeSteps) {
  GraphBuilder b("wide");
  const auto in = per_tensor(1.0f / 32768, 0), out = per_tensor(0.001f, 0);
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 4, 2}});
  const ValueId q = b.call(op::quantize, {x}, DtypeAttrs{DType::kI16}, {{}, {}, in});
  const std::vector<double> w{10, -20, 30, 40, -50, 127}, bias{100000, -200000, 300000};
  const float product = 0.01f / 32768;
  const ValueId y = b.call(op::conv2d,
                           {q, b.constant(tensor_from_stored({DType::kI8, {3, 1, 1, 2}, per_tensor(0.01f, 0)}, w)),
                            b.constant(tensor_from_stored({DType::kI32, Shape{3}, per_tensor(product, 0)}, bias))},
                           Conv2dAttrs{}, {{}, {}, out});
  const ValueId bounded = b.call(op::relu, {y}, {}, {{}, {}, out});
  b.output(b.call(op::dequantize, {bounded}, DtypeAttrs{DType::kF32}));
  const Graph graph = *b.finish();
  const auto plan = Plan::load(*lower(graph), "test");
  ASSERT_TRUE(plan) << plan.error().text();
  RefTensor values{{1, 4, 4, 2}, {}};
  for (int i = 0; i < 32; ++i) values.data.push_back(static_cast<float>(i - 16) / 13.0f);  // some are cut off
  const auto got = real_values(run_plan(*plan, available_isas().back(), 1, std::span(&values, 1))[0]);
  const auto wanted = interpret(graph, std::span(&values, 1));
  ASSERT_TRUE(wanted) << wanted.error().text();
  int off = 0, positive = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double steps = got[i] / 0.001f;
    EXPECT_NEAR(steps, std::nearbyint(steps), 1e-3) << "a whole number of steps";
    EXPECT_NEAR(got[i], (*wanted)[0].data[i], 0.00101) << i;
    off += std::abs(got[i] - (*wanted)[0].data[i]) > 1e-6;
    positive += got[i] > 0;
  }
  EXPECT_LE(off, 1) << "one step off is rare";
  EXPECT_GT(positive, 10);
}

}  // namespace paw::quant_test
