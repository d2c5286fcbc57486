// matmul against NumPy; fully_connected by hand.
#include "ops/matmul.h"

#include "ops/golden_testing.h"

namespace paw::matmul_test {

// numpy: a [2,1,2,3] @ b [2,3,2].
TEST(Matmul, BroadcastsLeadingAxes) {
  expect_output(evaluate(op::matmul, {image({2, 1, 2, 3}), weights({2, 3, 2})}), 0, {2, 2, 2, 2},
                {9, -16, -24, 5, 13, 9, 3, -24, -24, 4, -24, 3, 4, -24, 5, -24});
}

TEST(Matmul, TransposedOperandsGiveTheSameProduct) {
  const std::vector<double> product = {58, 64, 139, 154};  // [[1,2,3],[4,5,6]] [[7,8],[9,10],[11,12]]
  const Given a = f32({2, 3}, {1, 2, 3, 4, 5, 6}), at = f32({3, 2}, {1, 4, 2, 5, 3, 6});
  const Given b = f32({3, 2}, {7, 8, 9, 10, 11, 12}), bt = f32({2, 3}, {7, 9, 11, 8, 10, 12});
  expect_output(evaluate(op::matmul, {a, b}), 0, {2, 2}, product);
  expect_output(evaluate(op::matmul, {at, b}, MatmulAttrs{true, false}), 0, {2, 2}, product);
  expect_output(evaluate(op::matmul, {a, bt}, MatmulAttrs{false, true}), 0, {2, 2}, product);
  expect_output(evaluate(op::matmul, {at, bt}, MatmulAttrs{true, true}), 0, {2, 2}, product);
}

TEST(FullyConnected, WeightsAreRowsPerOutput) {
  const Given x = f32({2, 3}, {1, 2, 3, 4, 5, 6}), w = f32({2, 3}, {1, 0, -1, 2, 2, 2});
  expect_output(evaluate(op::fully_connected, {x, w, f32({2}, {10, -1})}), 0, {2, 2}, {8, 11, 8, 29});
  expect_output(evaluate(op::fully_connected, {x, w, absent()}), 0, {2, 2}, {-2, 12, -2, 30});
}

TEST(FullyConnected, KeepsLeadingAxes) {
  const auto y = evaluate(op::fully_connected, {f32({1, 2, 1, 2}, {1, 2, 3, 4}), f32({1, 2}, {1, 10})});
  expect_output(y, 0, {1, 2, 1, 1}, {21, 43});
}

TEST(Matmul, Refusals) {
  const TensorType a{DType::kF32, {2, 3}};
  expect_refused(op::matmul, {a, a}, MatmulAttrs{}, "inner extents differ: 3 of [2,3] and 2 of [2,3]");
  expect_refused(op::matmul, {a, {DType::kF32, Shape{3}}}, MatmulAttrs{}, "rank 2 or more");
  expect_refused(op::matmul, {{DType::kF32, {2, 2, 3}}, {DType::kF32, {3, 3, 2}}}, MatmulAttrs{}, "do not broadcast");
  expect_refused(op::matmul, {a, {DType::kI8, {3, 2}}}, MatmulAttrs{}, "real numbers");
  expect_refused(op::matmul, {a, {DType::kF16, {3, 2}}}, MatmulAttrs{}, "operands differ in float type");
  expect_refused(op::fully_connected, {a, {DType::kF32, {4, 2}}}, {}, "expected weights as [O,3]");
  expect_refused(op::fully_connected, {{DType::kF32, Shape{3}}, {DType::kF32, {4, 3}}}, {}, "[...,I]");
  expect_refused(op::fully_connected, {a, {DType::kF32, {4, 3}}, {DType::kF32, Shape{3}}}, {}, "bias as [4]");
}

}  // namespace paw::matmul_test
