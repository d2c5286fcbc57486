// Hand-computed reductions, and what they refuse.
#include "ops/reduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "ops/op_testing.h"

namespace paw::reduction_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;

// [[[1,2],[3,4],[5,6]], [[7,8],[9,10],[11,12]]]
const RefTensor& counting() {
  static const RefTensor x{{2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  return x;
}

TEST(Reduction, SumsAlongTheAxes) {
  EXPECT_THAT(evaluate(op::reduce_sum, {counting()}, ReduceAttrs{{1}, false}).data, ElementsAre(9, 12, 27, 30));
  EXPECT_THAT(evaluate(op::reduce_sum, {counting()}, ReduceAttrs{{0, -1}, false}).data, ElementsAre(18, 26, 34));
  EXPECT_THAT(evaluate(op::reduce_sum, {counting()}).data, ElementsAre(78));
}

TEST(Reduction, KeepsOrDropsTheAxes) {
  EXPECT_EQ(evaluate(op::reduce_sum, {counting()}, ReduceAttrs{{0, 2}, false}).shape, (Shape{3}));
  EXPECT_EQ(evaluate(op::reduce_sum, {counting()}, ReduceAttrs{{0, 2}, true}).shape, (Shape{1, 3, 1}));
  EXPECT_EQ(evaluate(op::reduce_max, {counting()}).shape, Shape{});
  EXPECT_EQ(evaluate(op::reduce_max, {counting()}, ReduceAttrs{{}, true}).shape, (Shape{1, 1, 1}));
}

TEST(Reduction, AveragesAlongTheAxes) {
  EXPECT_THAT(evaluate(op::reduce_mean, {counting()}, ReduceAttrs{{1}, true}).data, ElementsAre(3, 4, 9, 10));
  EXPECT_THAT(evaluate(op::reduce_mean, {counting()}).data, ElementsAre(6.5));
}

TEST(Reduction, FindsTheLargest) {
  const RefTensor x{{2, 3}, {-5, -2, -3, 4, std::numeric_limits<double>::quiet_NaN(), 9}};
  EXPECT_THAT(evaluate(op::reduce_max, {x}, ReduceAttrs{{1}, false}).data, ElementsAre(-2, IsNan()));
  EXPECT_THAT(evaluate(op::reduce_max, {x}, ReduceAttrs{{0}, false}).data, ElementsAre(4, IsNan(), 9));
}

TEST(Reduction, SharesTheGradientAmongTies) {
  const RefTensor x{{2, 3}, {3, 1, 3, 2, 2, 2}}, y{{2}, {3, 2}}, dy{{2}, {10, 6}};
  EXPECT_THAT(evaluate(op::reduce_max_grad, {dy, x, y}, ReduceAttrs{{1}, false}).data, ElementsAre(5, 0, 5, 2, 2, 2));
}

TEST(Reduction, RefusesWithTheReason) {
  const TensorType f{DType::kF32, {2, 3}}, i{DType::kI32, {2, 3}}, two{DType::kF32, {2}};
  const TypeRule rules[] = {
      {op::reduce_sum, {f}, ReduceAttrs{{2}, false}, "[reduce_sum] expected an axis of a tensor of rank 2, got 2"},
      {op::reduce_sum, {f}, ReduceAttrs{{-3}, false}, "expected an axis of a tensor of rank 2, got -3"},
      {op::reduce_max, {f}, ReduceAttrs{{1, -1}, false}, "[reduce_max] expected every axis once, got axis -1 again"},
      {op::reduce_max, {{DType::kBool, {2}}}, {}, "[reduce_max] expected numbers, got bool[2]"},
      {op::reduce_mean, {i}, {}, "[reduce_mean] expected real numbers, got i32[2,3]"},
      {op::reduce_sum, {i}, ReduceAttrs{{0}, false}, "= i32[3]"},
      {op::reduce_max_grad,
       {f, f, two},
       ReduceAttrs{{1}, false},
       "[reduce_max_grad] expected dy and y of shape [2] for x f32[2,3]"},
      {op::reduce_max_grad, {two, i, two}, ReduceAttrs{{1}, false}, "expected dy, x and y of one real type"},
  };
  for (const TypeRule& rule : rules) {
    EXPECT_THAT(inferred_text(rule.op, rule.inputs, rule.attrs), HasSubstr(rule.expected));
  }
}

}  // namespace paw::reduction_test
