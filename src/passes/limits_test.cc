// Where passes must hold back: growth, work, non-finite numbers, names of outputs, and long chains.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ir/builder.h"
#include "ir/text.h"
#include "ops/activation.h"
#include "ops/conv2d.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/shape_ops.h"
#include "passes/passes.h"
#include "reference/interpreter.h"

namespace paw::limits_test {

Graph parse(const std::string& text) {
  Result<Graph> graph = parse_graph(text, {.ops = all_ops()});
  EXPECT_TRUE(graph) << graph.error().text();
  return graph ? std::move(*graph) : Graph{};
}

// The graph after the pass, as text.
std::string after(const Pass& pass, const std::string& text) {
  Graph graph = parse(text);
  const Result<bool> changed = run_pass(graph, pass);
  EXPECT_TRUE(changed) << changed.error().text();
  return print_graph(graph);
}

void expect_untouched(const Pass& pass, const std::string& text) { EXPECT_EQ(after(pass, text), text); }

TEST(FoldConstants, StopsBeforeItEnlargesTheModel) {
  const std::string small = "graph g() -> (%y) {\n  %c = const fill 1 : f32[4]\n  %y = broadcast_to(%c) {shape=[";
  EXPECT_EQ(after(pass::fold_constants, small + "4096,4]} : f32[4096,4]\n}\n"),
            "graph g() -> (%y) {\n  %y = const fill 1 : f32[4096,4]\n}\n")
      << "64 KiB may grow by any factor";
  expect_untouched(pass::fold_constants, small + "4097,4]} : f32[4097,4]\n}\n");
}

TEST(FoldConstants, HasOneBudgetForAllGrowth) {
  GraphBuilder builder("g");
  const float one = 1;
  const ValueId c = builder.constant(Tensor::f32({}, std::span(&one, 1)));
  for (int i = 0; i < 400; ++i) builder.output(builder.call(op::broadcast_to, {c}, ShapeAttrs{{16384}}));
  Graph graph = *builder.finish();
  ASSERT_TRUE(*run_pass(graph, pass::fold_constants));
  EXPECT_EQ(graph.nodes.size(), 400u - 256u) << "256 x 64 KiB are 16 MiB";
}

TEST(FoldConstants, LeavesLongWorkToTheEngine) {
  expect_untouched(pass::fold_constants, R"(graph g() -> (%y) {
  %a = const fill 1 : f32[512,512]
  %y = matmul(%a, %a) : f32[512,512]
}
)");
}

TEST(FoldConstants, LeavesRandomnessTrainingAndLargeIntegers) {
  expect_untouched(pass::fold_constants, R"(graph g() -> (%y) {
  %a = const fill 1 : f32[4]
  %seed = const dense [1,2] : i64[2]
  %y = dropout(%a, %seed) : f32[4]
}
)");
  expect_untouched(pass::fold_constants, R"(graph g() -> (%y) {
  %a = const fill 9007199254740993 : i64[4]
  %b = const fill 1 : i64[]
  %y = mul(%a, %b) : i64[4]
}
)");
  expect_untouched(pass::fold_constants, R"(graph g() -> (%y) {
  %a = const fill 4503599627370496 : i64[4]
  %b = const fill 4 : i64[]
  %y = mul(%a, %b) : i64[4]
}
)");
  expect_untouched(pass::fold_constants, R"(graph g() -> (%y) {
  %w = const fill 3 : i8[4]{scale=0.5, zero_point=0}
  %y = dequantize(%w) : f32[4]
}
)");
}

TEST(FoldConstants, ReshapesKeepTheBytesOfAnyType) {
  EXPECT_EQ(after(pass::fold_constants, R"(graph g() -> (%y) {
  %a = const dense [9007199254740993,-1] : i64[2]
  %y = reshape(%a) {shape=[2,1]} : i64[2,1]
}
)"),
            "graph g() -> (%y) {\n  %y = const dense [9007199254740993,-1] : i64[2,1]\n}\n");
}

constexpr const char* kTinyVariance = R"(graph g(%x: f32[1,2]) -> (%y) {
  %w = const fill 1 : f32[2,2]
  %0 = fully_connected(%x, %w) : f32[1,2]
  %scale = const dense [1,1e+38] : f32[2]
  %zero = const fill 0 : f32[2]
  %variance = const fill 1e-12 : f32[2]
  %y = batch_norm(%0, %scale, %zero, %zero, %variance) {epsilon=0} : f32[1,2]
}
)";

TEST(FoldBatchNorm, LeavesWhatWouldOverflow) {
  expect_untouched(pass::fold_batch_norm, kTinyVariance);
  std::string negative = kTinyVariance;
  negative.replace(negative.find("fill 1e-12"), 10, "fill -1");
  expect_untouched(pass::fold_batch_norm, negative);
}

TEST(FoldBatchNorm, LeavesLayersWithOtherReadersAndPalettes) {
  const std::string shared = after(pass::fold_batch_norm, R"(graph g(%x: f32[1,2]) -> (%y, %0) {
  %w = const fill 1 : f32[2,2]
  %0 = fully_connected(%x, %w) : f32[1,2]
  %p = const dense [1,2] : f32[2]
  %y = batch_norm(%0, %p, %p, %p, %p) {epsilon=0} : f32[1,2]
}
)");
  EXPECT_NE(shared.find("const fill 1 : f32[2,2]"), std::string::npos) << shared;
  EXPECT_NE(shared.find("mul("), std::string::npos) << shared;
  const std::string palette = after(pass::fold_batch_norm, R"(graph g(%x: f32[1,2]) -> (%y) {
  %w = const dense [1,2,1,2] : f32[2,2] palette(bits=1, axis=0, group=0)
  %0 = fully_connected(%x, %w) : f32[1,2]
  %p = const dense [1,2] : f32[2]
  %y = batch_norm(%0, %p, %p, %p, %p) {epsilon=0} : f32[1,2]
}
)");
  EXPECT_NE(palette.find("palette(bits=1"), std::string::npos) << palette;
}

TEST(FoldBatchNorm, ANumberMinusALayerStays) {
  expect_untouched(pass::fold_batch_norm, R"(graph g(%x: f32[1,2]) -> (%y) {
  %w = const fill 1 : f32[2,2]
  %0 = fully_connected(%x, %w) : f32[1,2]
  %c = const dense [1,2] : f32[2]
  %y = sub(%c, %0) : f32[1,2]
}
)");
}

TEST(FoldBatchNorm, KeepsSparseWeightsMarked) {
  const std::string folded = after(pass::fold_batch_norm, R"(graph g(%x: f32[1,2]) -> (%y) {
  %w = const dense [1,0,0,2] : f32[2,2] sparse(axis=0, group=0)
  %0 = fully_connected(%x, %w) : f32[1,2]
  %p = const dense [1,4] : f32[2]
  %y = batch_norm(%0, %p, %p, %p, %p) {epsilon=0} : f32[1,2]
}
)");
  EXPECT_NE(folded.find("const dense [1,0,0,4] : f32[2,2] sparse(axis=0, group=0)"), std::string::npos) << folded;
}

TEST(FoldBatchNorm, GroupsAndMultipliersInFrontAndBehind) {
  for (const bool behind : {true, false}) {
    for (const bool depthwise : {true, false}) {
      GraphBuilder builder("g");
      const ValueId x = builder.input("x", {DType::kF32, {1, 3, 3, 4}});
      const Shape filter = depthwise ? Shape{1, 2, 2, 8} : Shape{6, 2, 2, 2};
      std::vector<float> w(static_cast<std::size_t>(filter.elements()));
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i % 7) - 3;
      const auto layer = [&](ValueId in) {
        const ValueId weights = builder.constant(Tensor::f32(filter, w));
        if (depthwise) return builder.call(op::depthwise_conv2d, {in, weights});
        return builder.call(op::conv2d, {in, weights}, Conv2dAttrs{.groups = 2});
      };
      const auto norm = [&](ValueId in) {
        std::vector<ValueId> inputs{in};
        const std::int64_t channels = builder.shape(in).back();
        for (float base = 1; base < 5; ++base) {
          std::vector<float> p;
          for (std::int64_t c = 0; c < channels; ++c) p.push_back(base + 0.25F * static_cast<float>(c));
          inputs.push_back(builder.constant(Tensor::f32({channels}, p)));
        }
        return builder.call(op::batch_norm, inputs);
      };
      builder.output(behind ? norm(layer(x)) : layer(norm(x)));
      const Graph before = *builder.finish();
      Graph folded = before;
      ASSERT_TRUE(*run_pass(folded, pass::fold_batch_norm));
      EXPECT_EQ(folded.nodes.size(), 1u) << print_graph(folded);
      RefTensor input{{1, 3, 3, 4}, std::vector<double>(36)};
      for (std::size_t i = 0; i < 36; ++i) input.data[i] = std::sin(static_cast<double>(i));
      const auto a = *interpret(before, std::span(&input, 1)), b = *interpret(folded, std::span(&input, 1));
      for (std::size_t i = 0; i < a[0].data.size(); ++i) EXPECT_NEAR(a[0].data[i], b[0].data[i], 2e-5);
    }
  }
}

TEST(FoldPad, LeavesWhatIsNotTheSame) {
  const std::string head = "graph g(%x: f32[1,4,4,1], %w: f32[1,3,3,1]) -> (%y) {\n";
  for (const std::string body :
       {"  %0 = pad(%x) {before=[0,1,1,0], after=[0,1,1,0], value=1} : f32[1,6,6,1]\n  %y = conv2d(%0, %w) : "
        "f32[1,4,4,1]\n",
        "  %0 = pad(%x) {before=[0,1,1,0], after=[0,1,1,0]} : f32[1,6,6,1]\n  %y = conv2d(%0, %w) {padding=same} : "
        "f32[1,6,6,1]\n",
        "  %0 = pad(%x) {before=[1,0,0,0], after=[0,1,1,0]} : f32[2,5,5,1]\n  %y = conv2d(%0, %w) : f32[2,3,3,1]\n",
        "  %0 = pad(%x) {before=[0,2,2,0], after=[0,0,0,0]} : f32[1,6,6,1]\n  %y = avg_pool(%0) : f32[1,3,3,1]\n",
        "  %0 = pad(%x) {before=[0,1,1,0], after=[0,1,1,0]} : f32[1,6,6,1]\n"
        "  %y = avg_pool(%0) {kernel=[3,3], padding=explicit, pads=[1,1,1,1]} : f32[1,3,3,1]\n"}) {
    expect_untouched(pass::fold_pad, head + body + "}\n");
  }
}

TEST(FuseClamps, KeepsNaNAndInfinity) {
  const std::string text = R"(graph g(%x: f32[4]) -> (%y) {
  %0 = relu6(%x) : f32[4]
  %1 = clamp(%0) {min=7, max=9} : f32[4]
  %c = const fill 8 : f32[]
  %y = maximum(%1, %c) : f32[4]
}
)";
  Graph before = parse(text), fused = before;
  ASSERT_TRUE(*run_pass(fused, pass::fuse_clamps));
  EXPECT_EQ(fused.nodes.size(), 1u) << print_graph(fused);
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const RefTensor x{{4}, {std::nan(""), -kInf, kInf, 3}};
  const auto a = *interpret(before, std::span(&x, 1)), b = *interpret(fused, std::span(&x, 1));
  EXPECT_TRUE(std::isnan(a[0].data[0]) && std::isnan(b[0].data[0]));
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(a[0].data[i], b[0].data[i]);
}

TEST(FuseClamps, LeavesIntegersRequantisationAndBoundsThatBroadcast) {
  expect_untouched(pass::fuse_clamps, R"(graph g(%x: f32[1,4]) -> (%y) {
  %c = const fill 0 : f32[3,4]
  %y = maximum(%x, %c) : f32[3,4]
}
)");
  expect_untouched(pass::fuse_clamps, R"(graph g(%x: f32[4]) -> (%y) {
  %c = const fill nan : f32[]
  %y = maximum(%x, %c) : f32[4]
}
)");
  expect_untouched(pass::fuse_clamps, R"(graph g(%x: i32[4]) -> (%y) {
  %c = const fill 0 : i32[]
  %y = maximum(%x, %c) : i32[4]
}
)");
  expect_untouched(pass::fuse_clamps, R"(graph g(%x: i8[4]{scale=0.5, zero_point=0}) -> (%y) {
  %0 = relu(%x) : i8[4]{scale=0.25, zero_point=0}
  %y = relu6(%0) : i8[4]{scale=0.5, zero_point=0}
}
)");
}

TEST(SimplifyAlgebra, AnOutputUnderItsOwnNameStays) {
  const std::string text = "graph g(%x: f32[2]) -> (%y, %x) {\n  %y = dropout(%x) : f32[2]\n}\n";
  expect_untouched(pass::simplify_algebra, text);
}

TEST(SimplifyAlgebra, DoesNotMergeScalingsThatOverflowOrVanish) {
  for (const std::string factors : {"1e+30", "1e-30"}) {
    expect_untouched(pass::simplify_algebra,
                     "graph g(%x: f32[2]) -> (%y) {\n  %a = const fill " + factors +
                         " : f32[]\n  %0 = mul(%x, %a) : f32[2]\n  %y = mul(%0, %a) : f32[2]\n}\n");
  }
}

TEST(SimplifyAlgebra, ZeroMinusAndSaturatingNegationsStay) {
  expect_untouched(pass::simplify_algebra, R"(graph g(%x: f32[4]) -> (%y) {
  %c = const fill 0 : f32[]
  %0 = sub(%c, %x) : f32[4]
  %y = exp(%0) : f32[4]
}
)");
  expect_untouched(pass::simplify_algebra, R"(graph g(%x: i8[4]{scale=0.5, zero_point=0}) -> (%y) {
  %0 = neg(%x) : i8[4]{scale=0.5, zero_point=0}
  %1 = neg(%0) : i8[4]{scale=0.5, zero_point=0}
  %y = dequantize(%1) : f32[4]
}
)");
}

TEST(SimplifyAlgebra, RequantisingToAnotherScaleOrThroughFewBitsStays) {
  expect_untouched(pass::simplify_algebra, R"(graph g(%x: i32[4]{scale=0.5, zero_point=0}) -> (%y) {
  %0 = dequantize(%x) : f32[4]
  %1 = quantize(%0) {dtype=i32} : i32[4]{scale=0.5, zero_point=0}
  %y = dequantize(%1) : f32[4]
}
)");
  expect_untouched(pass::simplify_algebra, R"(graph g(%x: i8[4]{scale=0.5, zero_point=3}) -> (%y) {
  %0 = dequantize(%x) : f32[4]
  %1 = quantize(%0) : i8[4]{scale=0.25, zero_point=3}
  %y = dequantize(%1) : f32[4]
}
)");
}

TEST(CommonSubexpressions, EncodingsTellConstantsApart) {
  expect_untouched(pass::eliminate_common_subexpressions, R"(graph g(%x: f32[2]) -> (%y) {
  %a = const dense [1,0] : f32[2]
  %0 = mul(%x, %a) : f32[2]
  %b = const dense [1,0] : f32[2] sparse(axis=0, group=0)
  %y = add(%0, %b) : f32[2]
}
)");
}

TEST(CancelTransposes, QuantisedPerTensorMovesToo) {
  const std::string moved = after(pass::cancel_transposes, R"(graph g(%x: f32[1,2,2,3]) -> (%y) {
  %0 = transpose(%x) {perm=[0,3,1,2]} : f32[1,3,2,2]
  %1 = quantize(%0) : i8[1,3,2,2]{scale=0.5, zero_point=1}
  %2 = relu(%1) : i8[1,3,2,2]{scale=0.25, zero_point=-128}
  %3 = transpose(%2) {perm=[0,2,3,1]} : i8[1,2,2,3]{scale=0.25, zero_point=-128}
  %y = dequantize(%3) : f32[1,2,2,3]
}
)");
  EXPECT_EQ(moved, R"(graph g(%x: f32[1,2,2,3]) -> (%y) {
  %0 = quantize(%x) : i8[1,2,2,3]{scale=0.5, zero_point=1}
  %1 = relu(%0) : i8[1,2,2,3]{scale=0.25, zero_point=-128}
  %y = dequantize(%1) : f32[1,2,2,3]
}
)");
}

TEST(CancelTransposes, OneScalePerChannelStaysWithItsAxis) {
  expect_untouched(pass::cancel_transposes, R"(graph g(%x: f32[1,2,2,3]) -> (%y) {
  %0 = transpose(%x) {perm=[0,3,1,2]} : f32[1,3,2,2]
  %1 = quantize(%0) : i8[1,3,2,2]{scale=[0.5,1,2], zero_point=[0,0,0], axis=1}
  %2 = dequantize(%1) : f32[1,3,2,2]
  %y = transpose(%2) {perm=[0,2,3,1]} : f32[1,2,2,3]
}
)");
}

TEST(CancelTransposes, ADropoutMaskDoesNotMove) {
  expect_untouched(pass::cancel_transposes, R"(graph g(%x: f32[1,2,2,3], %seed: i64[2]) -> (%y) {
  %0 = transpose(%x) {perm=[0,3,1,2]} : f32[1,3,2,2]
  %1 = dropout(%0, %seed) : f32[1,3,2,2]
  %y = transpose(%1) {perm=[0,2,3,1]} : f32[1,2,2,3]
}
)");
}

// Chains as long as no real model has: every pass stays near linear.
TEST(Passes, LongChains) {
  GraphBuilder builder("long");
  const ValueId x = builder.input("x", {DType::kF32, {2, 3}});
  const std::vector<float> half = {0.5F};
  ValueId a = x, b = x, c = x, d = x;
  for (int i = 0; i < 2000; ++i) {
    a = builder.call(op::transpose, {a}, TransposeAttrs{{1, 0}});
    b = builder.call(op::neg, {b});
    c = builder.call(op::clamp, {c}, ClampAttrs{-1, 2.0 + i});
    d = builder.call(op::reshape, {d}, ShapeAttrs{{i % 2 == 0 ? 6 : 2, i % 2 == 0 ? 1 : 3}});
  }
  for (const ValueId y : {a, b, c, d}) builder.output(builder.call(op::exp, {y}));
  Graph graph = *builder.finish();
  const Status status = run_pipeline(graph, *find_pipeline("deploy"));
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(graph.nodes.size(), 3u) << print_graph(graph);  // exp(x), clamp, exp
}

}  // namespace paw::limits_test
