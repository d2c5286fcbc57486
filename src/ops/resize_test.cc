// Resizing against ONNX Runtime 1.32 (Resize, linear and nearest) and, for nearest, the index formulas of TFLite.
#include "ops/resize.h"
#include "ops/golden_testing.h"
#include "ops/resize_common.h"

namespace paw::resize_test {

using enum ResizeCoordinates;

const Given& two_by_two() {
  static const Given kImage = f32({1, 2, 2, 1}, {1, 2, 3, 4});
  return kImage;
}

TEST(ResizeBilinear, TwoByTwoToFourByFour) {
  const auto resized = [](ResizeCoordinates c) {
    return evaluate(op::resize_bilinear, {two_by_two()}, ResizeAttrs{{4, 4}, c});
  };
  expect_output(resized(kHalfPixel), 0, {1, 4, 4, 1},
                {1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4});
  expect_output(resized(kAsymmetric), 0, {1, 4, 4, 1}, {1, 1.5, 2, 2, 2, 2.5, 3, 3, 3, 3.5, 4, 4, 3, 3.5, 4, 4});
  expect_output(resized(kAlignCorners), 0, {1, 4, 4, 1},
                {1, 1.333333, 1.666667, 2, 1.666667, 2, 2.333333, 2.666667, 2.333333, 2.666667, 3, 3.333333, 3,
                 3.333333, 3.666667, 4},
                1e-6);
}

TEST(ResizeBilinear, FewerRowsMoreColumns) {
  const auto resized = [](ResizeCoordinates c) {
    return evaluate(op::resize_bilinear, {image({1, 3, 5, 1})}, ResizeAttrs{{2, 7}, c});
  };
  expect_output(
      resized(kHalfPixel), 0, {1, 2, 7, 1},
      {-4.5, -0.5, 1.357143, -1.5, 1.535715, 2.214286, 1.5, -1.5, -2.214286, -1.535714, 1.5, -1.357143, 0.5, 4.5},
      2e-6);
  expect_output(resized(kAsymmetric), 0, {1, 2, 7, 1},
                {-5, 0, 0.285714, -1, 4, 2.714286, 1, -2, -0.928572, 0.142857, 0.428572, -2.428572, 1, 4}, 2e-6);
  expect_output(
      resized(kAlignCorners), 0, {1, 2, 7, 1},
      {-5, -0.333333, 0.666667, -2, 2.666667, 3.666667, 1, -1, -3.666667, -2.666666, 2, -0.666667, 0.333333, 5}, 2e-6);
}

TEST(ResizeNearest, ThreeConventions) {
  const Given x = image({1, 3, 5, 1});
  expect_output(evaluate(op::resize_nearest, {x}, ResizeAttrs{{5, 3}, kAsymmetric}), 0, {1, 5, 3, 1},
                {-5, 2, 5, -5, 2, 5, -3, 4, -4, -3, 4, -4, -1, -5, -2});
  expect_output(evaluate(op::resize_nearest, {x}, ResizeAttrs{{4, 7}, kAlignCorners}), 0, {1, 4, 7, 1},
                {-5, 2, 2, -2, 5, 5, 1, -3, 4, 4, 0, -4, -4, 3, -3, 4, 4, 0, -4, -4, 3, -1, -5, -5, 2, -2, -2, 5});
  expect_output(evaluate(op::resize_nearest, {x}, ResizeAttrs{{5, 3}, kHalfPixel}), 0, {1, 5, 3, 1},
                {-5, -2, 1, -5, -2, 1, -3, 0, 3, -1, 2, 5, -1, 2, 5});
}

TEST(ResizeNearest, IndicesStayInsideForEverySize) {
  for (const ResizeCoordinates c : {kHalfPixel, kAsymmetric, kAlignCorners}) {
    for (std::int64_t in = 1; in < 20; ++in) {
      for (std::int64_t out = 1; out < 40; ++out) {
        for (const ResizeTap& tap : resize_taps(ResizeMethod::kNearest, c, in, out)) {
          ASSERT_LT(tap.low, static_cast<std::size_t>(in));
        }
        for (const ResizeTap& tap : resize_taps(ResizeMethod::kBilinear, c, in, out)) {
          ASSERT_LT(tap.high, static_cast<std::size_t>(in));
          ASSERT_TRUE(tap.fraction >= 0 && tap.fraction < 1);
        }
      }
    }
  }
}

TEST(ResizeNearest, CopiesInfinitiesAndNothingElse) {
  const double inf = std::numeric_limits<double>::infinity();
  expect_output(evaluate(op::resize_nearest, {f32({1, 1, 2, 1}, {5, inf})}, ResizeAttrs{{1, 4}, kHalfPixel}), 0,
                {1, 1, 4, 1}, {5, 5, inf, inf});
}

// <resize(x), dy> = <x, resize_grad(dy)> for every x: the definition of the transpose.
TEST(ResizeGrad, IsTheTranspose) {
  struct Pair {
    const OpDef& forward;
    const OpDef& backward;
  };
  for (const Pair& p :
       {Pair{op::resize_nearest, op::resize_nearest_grad}, Pair{op::resize_bilinear, op::resize_bilinear_grad}}) {
    for (const ResizeCoordinates c : {kHalfPixel, kAsymmetric, kAlignCorners}) {
      const Given x = image({1, 3, 5, 2}), dy = weights({1, 4, 3, 2});
      const auto y = evaluate(p.forward, {x}, ResizeAttrs{{4, 3}, c});
      const auto dx = evaluate(p.backward, {dy}, ResizeGradAttrs{{3, 5}, c});
      ASSERT_TRUE(y && dx);
      double forward = 0, backward = 0;
      for (std::size_t i = 0; i < dy.values.size(); ++i) forward += y->front().data[i] * dy.values[i];
      for (std::size_t i = 0; i < x.values.size(); ++i) backward += dx->front().data[i] * x.values[i];
      EXPECT_NEAR(forward, backward, 1e-9) << p.forward.name;
    }
  }
}

TEST(Resize, Refusals) {
  const TensorType x{DType::kF32, {1, 3, 5, 1}};
  expect_refused(op::resize_bilinear, {x}, ResizeAttrs{{0, 4}}, "size of at least 1");
  expect_refused(op::resize_nearest, {x}, ResizeAttrs{{4, -1}}, "size of at least 1");
  expect_refused(op::resize_nearest, {x}, ResizeAttrs{{std::int64_t{1} << 31, 4}}, "too large");
  expect_refused(op::resize_nearest, {{DType::kF32, {3, 5, 1}}}, ResizeAttrs{{4, 4}}, "[N,H,W,C]");
  expect_refused(op::resize_bilinear_grad, {{DType::kI8, {1, 3, 5, 1}, per_tensor(1, 0)}}, ResizeGradAttrs{{4, 4}},
                 "float type");
}

}  // namespace paw::resize_test
