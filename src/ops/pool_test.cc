// Pools against ONNX Runtime 1.32 (AveragePool with count_include_pad, MaxPool) on x [1,5,5,1]; gradients by hand.
#include "ops/pool.h"
#include <cmath>

#include "ops/golden_testing.h"

namespace paw::pool_test {

constexpr PoolAttrs kSame{.kernel = {3, 3}, .stride = {2, 2}, .padding = Padding::kSame};
constexpr PoolAttrs kExplicit{.kernel = {3, 3}, .stride = {2, 2}, .padding = Padding::kExplicit, .pads = {1, 1, 0, 2}};

PoolAttrs counted(PoolAttrs attrs) {
  attrs.count_padding = true;
  return attrs;
}

TEST(AvgPool, DividesByPixelsInsideTheImage) {
  expect_output(evaluate(op::avg_pool, {image({1, 5, 5, 1})}, kSame), 0, {1, 3, 3, 1},
                {-0.5, 0.833333, 1.25, -1.166667, -0.444444, -0.333333, 0, -0.5, -1}, 1e-6);
  expect_output(evaluate(op::avg_pool, {image({1, 5, 5, 1})}, kExplicit), 0, {1, 3, 3, 1},
                {-0.666667, 0.5, 2, -0.111111, 0.444444, 1.333333, -0.166667, -0.833333, -3}, 1e-6);
}

TEST(AvgPool, CountPaddingDividesByTheWholeWindow) {
  expect_output(evaluate(op::avg_pool, {image({1, 5, 5, 1})}, counted(kSame)), 0, {1, 3, 3, 1},
                {-0.222222, 0.555556, 0.555556, -0.777778, -0.444444, -0.222222, 0, -0.333333, -0.444444}, 1e-6);
  expect_output(evaluate(op::avg_pool, {image({1, 5, 5, 1})}, counted(kExplicit)), 0, {1, 3, 3, 1},
                {-0.444444, 0.333333, 0.444444, -0.111111, 0.444444, 0.444444, -0.111111, -0.555556, -0.666667}, 1e-6);
}

TEST(MaxPool, PaddingNeverWins) {
  expect_output(evaluate(op::max_pool, {image({1, 5, 5, 1})}, kSame), 0, {1, 3, 3, 1}, {4, 5, 5, 4, 4, 5, 3, 4, 2});
  // The last window holds a single pixel of -2 beside padding.
  expect_output(evaluate(op::max_pool, {image({1, 5, 5, 1})}, kExplicit), 0, {1, 3, 3, 1},
                {4, 5, 3, 4, 5, 5, 4, 4, -2});
}

// std::max(best, NaN) once dropped it, against docs/numerics.md.
TEST(MaxPool, NanAnywhereInTheWindowWins) {
  for (const std::size_t at : {0u, 1u, 4u, 5u}) {
    Given x = f32({1, 2, 4, 1}, {1, 2, 5, 6, 3, 4, 7, 8});
    x.values[at] = std::nan("");
    const auto y = evaluate(op::max_pool, {x}, PoolAttrs{});
    ASSERT_TRUE(y) << y.error().text();
    EXPECT_TRUE(std::isnan((*y)[0].data[0])) << at;
    EXPECT_EQ((*y)[0].data[1], 8) << at;
  }
}

TEST(MaxPoolGrad, FirstOfEqualMaximaGetsTheGradient) {
  const auto dx = evaluate(op::max_pool_grad,
                           {f32({1, 1, 2, 1}, {10, 20}), f32({1, 2, 4, 1}, {1, 3, 5, 5, 3, 3, 5, 5})}, PoolAttrs{});
  expect_output(dx, 0, {1, 2, 4, 1}, {0, 10, 20, 0, 0, 0, 0, 0});
}

TEST(MaxPoolGrad, OverlappingWindowsAddUp) {
  const auto dx = evaluate(op::max_pool_grad, {f32({1, 1, 2, 1}, {1, 2}), f32({1, 1, 3, 1}, {0, 7, 1})},
                           PoolAttrs{.kernel = {1, 2}, .stride = {1, 1}});
  expect_output(dx, 0, {1, 1, 3, 1}, {0, 3, 0});
}

TEST(AvgPoolGrad, SharesByTheForwardDivisor) {
  const PoolAttrs attrs{.kernel = {1, 3}, .stride = {1, 2}, .padding = Padding::kExplicit, .pads = {0, 0, 1, 1}};
  const Given dy = f32({1, 1, 2, 1}, {6, 12});  // windows {pad, 0, 1} and {1, 2, pad}
  expect_output(evaluate(op::avg_pool_grad, {dy}, PoolGradAttrs{attrs, {1, 1, 3, 1}}), 0, {1, 1, 3, 1}, {3, 9, 6});
  expect_output(evaluate(op::avg_pool_grad, {dy}, PoolGradAttrs{counted(attrs), {1, 1, 3, 1}}), 0, {1, 1, 3, 1},
                {2, 6, 4});
}

TEST(Pool, AHugeKernelCostsNoTime) {
  const std::int64_t huge = std::int64_t{1} << 31;
  const PoolAttrs attrs{.kernel = {huge, huge}, .stride = {1, 1}, .padding = Padding::kSame};
  expect_output(evaluate(op::max_pool, {f32({1, 1, 2, 1}, {3, 4})}, attrs), 0, {1, 1, 2, 1}, {4, 4});
  expect_output(evaluate(op::avg_pool, {f32({1, 1, 2, 1}, {3, 4})}, attrs), 0, {1, 1, 2, 1}, {3.5, 3.5});
}

TEST(Pool, Refusals) {
  const TensorType x{DType::kF32, {1, 5, 5, 1}};
  expect_refused(op::max_pool, {x}, PoolAttrs{.kernel = {0, 2}}, "kernel");
  expect_refused(op::max_pool, {x}, counted({}), "count_padding");
  expect_refused(op::avg_pool, {x}, PoolAttrs{.padding = Padding::kExplicit, .pads = {2, 0, 0, 0}},
                 "pads smaller than the kernel extent 2");
  expect_refused(op::avg_pool, {x}, PoolAttrs{.kernel = {6, 1}}, "does not fit");
  expect_refused(op::avg_pool, {{DType::kI8, {1, 5, 5, 1}}}, PoolAttrs{}, "real numbers");
  const auto channels = std::make_shared<const QuantParams>(QuantParams{{1, 2, 3, 4}, {0, 0, 0, 0}, 1, 0});
  expect_refused(op::avg_pool, {{DType::kI8, {1, 4, 4, 1}, channels}}, PoolAttrs{}, "one scale per tensor");
  expect_refused(op::max_pool_grad, {{DType::kF32, {1, 2, 3, 1}}, x}, PoolAttrs{}, "expected dy as float [1,2,2,1]");
  expect_refused(op::avg_pool_grad, {x}, PoolGradAttrs{{}, {1, 0, 5, 1}}, "[1,0,5,1]");
}

}  // namespace paw::pool_test
