// Hand-written results of the ops that move elements, and what they refuse.
#include "ops/moves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/op_testing.h"
#include "ops/shape_ops.h"

namespace paw::moves_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kHuge = std::int64_t{1} << 31;

// [[0,1,2],[3,4,5]]
const RefTensor& matrix() {
  static const RefTensor x{{2, 3}, {0, 1, 2, 3, 4, 5}};
  return x;
}

TEST(Moves, PadFramesWithTheValue) {
  const RefTensor y = evaluate(op::pad, {matrix()}, PadAttrs{{1, 0}, {0, 2}, 9});
  EXPECT_EQ(y.shape, (Shape{3, 5}));
  EXPECT_THAT(y.data, ElementsAre(9, 9, 9, 9, 9, 0, 1, 2, 9, 9, 3, 4, 5, 9, 9));
}

TEST(Moves, ReshapeResolvesTheOpenExtent) {
  EXPECT_EQ(evaluate(op::reshape, {matrix()}, ShapeAttrs{{3, -1}}).shape, (Shape{3, 2}));
  EXPECT_THAT(evaluate(op::reshape, {matrix()}, ShapeAttrs{{-1}}).data, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Moves, TransposePermutesAxes) {
  EXPECT_THAT(evaluate(op::transpose, {matrix()}, TransposeAttrs{{1, 0}}).data, ElementsAre(0, 3, 1, 4, 2, 5));
  // A cycle of three axes, which its inverse is not: y[c][a][b] = x[a][b][c].
  const RefTensor x{{2, 1, 3}, {0, 1, 2, 3, 4, 5}};
  const RefTensor y = evaluate(op::transpose, {x}, TransposeAttrs{{2, 0, 1}});
  EXPECT_EQ(y.shape, (Shape{3, 2, 1}));
  EXPECT_THAT(y.data, ElementsAre(0, 3, 1, 4, 2, 5));
  const RefTensor z = evaluate(op::transpose, {x}, TransposeAttrs{{1, 2, 0}});
  EXPECT_EQ(z.shape, (Shape{1, 3, 2}));
}

TEST(Moves, ConcatJoinsAlongTheAxis) {
  const RefTensor column{{2, 1}, {7, 8}}, row{{1, 3}, {7, 8, 9}};
  EXPECT_THAT(evaluate(op::concat, {matrix(), column}).data, ElementsAre(0, 1, 2, 7, 3, 4, 5, 8));
  EXPECT_THAT(evaluate(op::concat, {row, matrix()}, ConcatAttrs{0}).data, ElementsAre(7, 8, 9, 0, 1, 2, 3, 4, 5));
}

TEST(Moves, SliceTakesEveryStride) {
  EXPECT_THAT(evaluate(op::slice, {matrix()}, SliceAttrs{{0, 0}, {2, 3}, {1, 2}}).data, ElementsAre(0, 2, 3, 5));
  EXPECT_THAT(evaluate_vectors(op::slice, {{0, 1, 2, 3, 4, 5, 6, 7}}, SliceAttrs{{1}, {8}, {3}}), ElementsAre(1, 4, 7));
  EXPECT_THAT(evaluate_vectors(op::slice, {{0, 1, 2, 3, 4, 5, 6, 7}}, SliceAttrs{{1}, {7}, {3}}), ElementsAre(1, 4));
}

TEST(Moves, SliceGradPutsThemBack) {
  const RefTensor dy{{2, 2}, {1, 2, 3, 4}};
  EXPECT_THAT(evaluate(op::slice_grad, {dy}, SliceGradAttrs{{{0, 0}, {2, 3}, {1, 2}}, {2, 3}}).data,
              ElementsAre(1, 0, 2, 3, 0, 4));
}

TEST(Moves, SqueezeAndExpandDimsChangeOnlyTheShape) {
  const RefTensor x{{1, 2, 1, 3}, {0, 1, 2, 3, 4, 5}};
  EXPECT_EQ(evaluate(op::squeeze, {x}).shape, (Shape{2, 3}));
  EXPECT_EQ(evaluate(op::squeeze, {x}, AxesAttrs{{-2}}).shape, (Shape{1, 2, 3}));
  EXPECT_EQ(evaluate(op::expand_dims, {matrix()}, AxesAttrs{{0, -1}}).shape, (Shape{1, 2, 3, 1}));
  EXPECT_EQ(evaluate(op::expand_dims, {matrix()}, AxesAttrs{{1}}).shape, (Shape{2, 1, 3}));
  EXPECT_THAT(evaluate(op::expand_dims, {matrix()}, AxesAttrs{{1}}).data, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Moves, BroadcastToRepeats) {
  EXPECT_THAT(evaluate(op::broadcast_to, {{{2, 1}, {1, 2}}}, ShapeAttrs{{2, 3}}).data, ElementsAre(1, 1, 1, 2, 2, 2));
  EXPECT_THAT(evaluate(op::broadcast_to, {{{2}, {1, 2}}}, ShapeAttrs{{3, 2}}).data, ElementsAre(1, 2, 1, 2, 1, 2));
}

void expect_rules(std::span<const TypeRule> rules) {
  for (const TypeRule& rule : rules) {
    EXPECT_THAT(inferred_text(rule.op, rule.inputs, rule.attrs), HasSubstr(rule.expected));
  }
}

TEST(Moves, RefusesBadShapes) {
  const TensorType f{DType::kF32, {2, 3}}, i{DType::kI8, {2, 3}};
  const TypeRule rules[] = {
      {op::pad, {f}, PadAttrs{{1}, {0, 0}, 0}, "[pad] expected before and after with one entry per axis of f32[2,3]"},
      {op::pad, {f}, PadAttrs{{0, -1}, {0, 0}, 0}, "[pad] expected padding of 0 or more, got [0,-1]"},
      {op::pad, {f}, PadAttrs{{kHuge, kHuge}, {0, 0}, 0}, "[pad] the shape of the result is not supported"},
      {op::pad, {i}, PadAttrs{{0, 0}, {0, 1}, 0.5}, "[pad] the value 0.500000 is no i8[2,3]"},
      {op::pad, {i}, PadAttrs{{0, 0}, {0, 1}, 200}, "[pad] the value 200.000000 is no i8[2,3]"},
      {op::reshape, {f}, ShapeAttrs{{4, -1}}, "[reshape] expected a shape of 6 elements for f32[2,3], got [4,-1]"},
      {op::reshape, {f}, ShapeAttrs{{-1, -1}}, "[reshape] expected a shape of 6"},
      {op::reshape, {f}, ShapeAttrs{{0, -1}}, "[reshape] expected a shape of 6"},
      {op::reshape, {f}, ShapeAttrs{{-6}}, "[reshape] expected a shape of 6"},
      {op::reshape, {f}, ShapeAttrs{{kHuge, kHuge, kHuge}}, "[reshape] expected a shape of 6"},
      {op::reshape, {f}, ShapeAttrs{{1, 1, 1, 1, 1, 1, 6}}, "[reshape] expected a shape of 6"},
      {op::broadcast_to, {f}, ShapeAttrs{{3}}, "[broadcast_to] expected a shape that f32[2,3] broadcasts to, got [3]"},
      {op::broadcast_to, {f}, ShapeAttrs{{2, 1}}, "[broadcast_to] expected a shape that f32[2,3] broadcasts to"},
      {op::broadcast_to, {f}, ShapeAttrs{std::vector<std::int64_t>(100, 1)}, "got [1,1,1,1,1,1,1,1,...]"},
      {op::squeeze, {f}, AxesAttrs{{0}}, "[squeeze] expected extent 1 on axis 0, got f32[2,3]"},
      {op::expand_dims, {f}, AxesAttrs{{0, 0}}, "[expand_dims] expected every axis once, got axis 0 again"},
      {op::expand_dims, {f}, AxesAttrs{{0, 1, 2, 3, 4}}, "[expand_dims] expected at most 6 axes in the result"},
  };
  expect_rules(rules);
}

TEST(Moves, RefusesBadAxesAndRanges) {
  const TensorType f{DType::kF32, {2, 3}}, row{DType::kF32, {1, 3}};
  const TypeRule rules[] = {
      {op::transpose, {f}, TransposeAttrs{{0}}, "[transpose] expected a permutation of the axes of f32[2,3], got [0]"},
      {op::transpose, {f}, TransposeAttrs{{0, 0}}, "expected a permutation of the axes of f32[2,3], got [0,0]"},
      {op::transpose, {f}, TransposeAttrs{{0, -1}}, "expected a permutation of the axes of f32[2,3], got [0,-1]"},
      {op::transpose, {f}, TransposeAttrs{{0, 1, 2}}, "expected a permutation of the axes of f32[2,3], got [0,1,2]"},
      {op::concat, {f, row}, ConcatAttrs{1}, "[concat] expected inputs that differ along axis 1 only, got f32[2,3]"},
      {op::concat, {f, {DType::kF32, {3}}}, ConcatAttrs{0}, "[concat] expected inputs that differ along axis 0 only"},
      {op::concat, {f, {DType::kF16, {2, 3}}}, ConcatAttrs{0}, "[concat] expected inputs that differ along axis 0"},
      {op::concat, {f, row}, ConcatAttrs{2}, "[concat] expected an axis of a tensor of rank 2, got 2"},
      {op::slice, {f}, SliceAttrs{{0}, {1}, {1}}, "[slice] expected begin, end and stride with one entry per axis"},
      {op::slice, {f}, SliceAttrs{{0, 0}, {2, 4}, {1, 1}}, "[slice] expected 0 <= begin < end <= extent"},
      {op::slice, {f}, SliceAttrs{{-1, 0}, {2, 3}, {1, 1}}, "got begin [-1,0], end [2,3], stride [1,1]"},
      {op::slice, {f}, SliceAttrs{{1, 1}, {1, 3}, {1, 1}}, "[slice] expected 0 <= begin < end <= extent"},
      {op::slice, {f}, SliceAttrs{{0, 0}, {2, 3}, {1, 0}}, "and stride >= 1 on every axis of [2,3]"},
      {op::slice, {f}, SliceAttrs{{0, 0}, {2, 3}, {kHuge, kHuge}}, "= f32[1,1]"},
      {op::slice_grad,
       {f},
       SliceGradAttrs{{{0, 0}, {2, 2}, {1, 1}}, {2, 3}},
       "[slice_grad] expected dy of shape [2,2]"},
      {op::slice_grad, {f}, SliceGradAttrs{{{0, 0}, {2, 2}, {1, 1}}, {0, 3}}, "expected a supported shape, got [0,3]"},
  };
  expect_rules(rules);
}

TEST(Moves, TakesOneScalePerTensorOnly) {
  const auto channels = std::make_shared<const QuantParams>(QuantParams{{1, 2, 3}, {0, 0, 0}, 1, 0});
  const TensorType per_channel{DType::kI8, {2, 3}, channels};
  const TensorType a{DType::kI8, {2, 3}, per_tensor(0.5F, 1)}, b{DType::kI8, {2, 3}, per_tensor(0.25F, 1)};
  const TypeRule rules[] = {
      {op::reshape, {per_channel}, ShapeAttrs{{6}}, "[reshape] expected one scale for the whole tensor, got i8[2,3]"},
      {op::transpose, {per_channel}, TransposeAttrs{{1, 0}}, "[transpose] expected one scale"},
      {op::concat, {a, b}, ConcatAttrs{0}, "[concat] expected inputs that differ along axis 0 only"},
      {op::concat, {a, a}, ConcatAttrs{0}, "= i8[4,3]"},
  };
  expect_rules(rules);
}

}  // namespace paw::moves_test
