// Golden values of the activations, and what they refuse.
#include "ops/activation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ops/fixed_scale.h"
#include "ops/op_testing.h"

namespace paw::activation_test {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;
using ::testing::Pointwise;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;

struct Golden {
  const OpDef& op;
  Attrs attrs;
  Values x, y;
};

TEST(Activation, AgreesWithPublishedValues) {
  const Golden table[] = {
      {op::relu, {}, {-2, 0, 3}, {0, 0, 3}},
      {op::relu6, {}, {-2, 0, 3, 6, 8}, {0, 0, 3, 6, 6}},
      {op::clamp, ClampAttrs{-1, 2}, {-3, -1, 0.5, 2, 9}, {-1, -1, 0.5, 2, 2}},
      {op::clamp, ClampAttrs{.min = 0}, {-3, 1e300}, {0, 1e300}},
      {op::leaky_relu, LeakyReluAttrs{0.25}, {-2, 0, 3}, {-0.5, 0, 3}},
      {op::sigmoid, {}, {0, -2, 0.5}, {0.5, 0.11920292202211755, 0.6224593312018546}},
      {op::hard_sigmoid, {}, {-4, -3, -1.5, 0, 3, 4}, {0, 0, 0.25, 0.5, 1, 1}},
      {op::silu, {}, {0, -2, 1}, {0, -0.2384058440442351, 0.7310585786300049}},
      {op::hard_swish, {}, {-4, -1.5, 0, 1, 4}, {0, -0.375, 0, 2.0 / 3, 4}},
      {op::tanh, {}, {0, 0.5, -2}, {0, 0.46211715726000974, -0.9640275800758169}},
      // x Phi(x) with the normal distribution's table: Phi(1) = 0.84134, Phi(-1) = 0.15866.
      {op::gelu,
       {},
       {1, -1, 0.5, 3},
       {0.8413447460685429, -0.15865525393145707, 0.34573123063700656, 2.99595030590511}},
      {op::gelu,
       GeluAttrs{true},
       {1, -1, 0.5, 3},
       {0.8411919906082768, -0.15880800939172324, 0.34571400982514394, 2.996362607918227}},
  };
  for (const Golden& golden : table) {
    EXPECT_THAT(evaluate_vectors(golden.op, {golden.x}, golden.attrs), Pointwise(DoubleNear(1e-15), golden.y))
        << golden.op.name;
  }
}

TEST(Activation, PassesNanOn) {
  for (const OpDef* op : {&op::relu, &op::relu6, &op::clamp, &op::leaky_relu, &op::sigmoid, &op::hard_sigmoid,
                          &op::silu, &op::hard_swish, &op::tanh, &op::gelu, &op::softmax, &op::log_softmax}) {
    EXPECT_THAT(evaluate_vectors(*op, {{kNan}}), ElementsAre(IsNan())) << op->name;
  }
}

TEST(Activation, SaturatesAtInfinity) {
  EXPECT_THAT(evaluate_vectors(op::sigmoid, {{-kInf, kInf, -1e4}}), ElementsAre(0, 1, 0));
  EXPECT_THAT(evaluate_vectors(op::relu6, {{-kInf, kInf}}), ElementsAre(0, 6));
  EXPECT_THAT(evaluate_vectors(op::tanh, {{-kInf, kInf}}), ElementsAre(-1, 1));
  for (const OpDef* op : {&op::silu, &op::hard_swish, &op::gelu}) {
    EXPECT_THAT(evaluate_vectors(*op, {{-kInf, kInf}}), ElementsAre(IsNan(), kInf)) << op->name;
  }
}

TEST(ClampGrad, PassesOnlyStrictlyInside) {
  EXPECT_THAT(evaluate_vectors(op::clamp_grad, {{7, 7, 7, 7, 7, 7}, {-2, -1, 0, 1, 2, kNan}}, ClampAttrs{-1, 1}),
              ElementsAre(0, 0, 7, 0, 0, 0));
}

TEST(Softmax, AgreesWithHandComputedRows) {
  const RefTensor x{{2, 3}, {1, 2, 3, 1000, 1001, 1002}};  // the second row would overflow e^x
  const Values row = {0.09003057317038046, 0.24472847105479764, 0.6652409557748218};
  const RefTensor y = evaluate(op::softmax, {x});
  EXPECT_THAT(Values(y.data.begin(), y.data.begin() + 3), Pointwise(DoubleNear(1e-15), row));
  EXPECT_THAT(Values(y.data.begin() + 3, y.data.end()), Pointwise(DoubleNear(1e-15), row));
  const RefTensor z = evaluate(op::log_softmax, {x});
  const Values logs = {-2.4076059644443806, -1.4076059644443804, -0.4076059644443804};
  EXPECT_THAT(Values(z.data.begin() + 3, z.data.end()), Pointwise(DoubleNear(1e-14), logs));
}

TEST(Softmax, RunsAlongTheGivenAxis) {
  // Columns (1, 4) and (2, 0).
  const RefTensor y = evaluate(op::softmax, {{{2, 2}, {1, 2, 4, 0}}}, SoftmaxAttrs{-2});
  EXPECT_THAT(y.data, Pointwise(DoubleNear(1e-15), Values{0.04742587317756678, 0.8807970779778823, 0.9525741268224334,
                                                          0.11920292202211755}));
}

TEST(Softmax, MasksMinusInfinityAndGivesNanWhereUndefined) {
  EXPECT_THAT(evaluate_vectors(op::softmax, {{-kInf, 3, 3}}), ElementsAre(0, 0.5, 0.5));
  EXPECT_THAT(evaluate_vectors(op::softmax, {{kInf, 0}}), Each(IsNan()));
  EXPECT_THAT(evaluate_vectors(op::softmax, {{-kInf, -kInf}}), Each(IsNan()));
  EXPECT_THAT(evaluate_vectors(op::softmax, {{0, kNan, 1}}), Each(IsNan()));
}

TEST(Activation, RefusesWithTheReason) {
  const TensorType f{DType::kF32, {2, 3}}, i{DType::kI32, {2, 3}}, q16{DType::kI16, {4}, per_tensor(0.5F, 0)};
  const TypeRule rules[] = {
      {op::relu, {i}, {}, "[relu] expected real numbers, got i32[2,3]"},
      {op::clamp, {f}, ClampAttrs{2, 1}, "[clamp] expected min <= max, got 2.000000 and 1.000000"},
      {op::clamp_grad, {f, f}, ClampAttrs{2, 1}, "[clamp_grad] expected min <= max"},
      {op::clamp_grad, {f, {DType::kF32, {3}}}, {}, "[clamp_grad] expected dy and x of one real type and shape"},
      {op::leaky_relu, {f}, LeakyReluAttrs{kInf}, "[leaky_relu] expected a finite alpha, got inf"},
      {op::softmax, {f}, SoftmaxAttrs{2}, "[softmax] expected an axis of a tensor of rank 2, got 2"},
      {op::softmax, {{DType::kF32, {}}}, {}, "[softmax] expected an axis of a tensor of rank 0, got -1"},
      {op::softmax, {q16}, {}, "= i16[4]"},
      {op::log_softmax, {q16}, {}, "[log_softmax] the quantised form is not defined for i16"},
      {op::sigmoid, {{DType::kI32, {4}, per_tensor(1, 0)}}, {}, "[sigmoid] the quantised form is not defined for i32"},
      {op::tanh, {{DType::kU8, {4}, per_tensor(1, 0)}}, {}, "= u8[4]"},
  };
  for (const TypeRule& rule : rules) {
    EXPECT_THAT(inferred_text(rule.op, rule.inputs, rule.attrs), HasSubstr(rule.expected));
  }
}

TEST(Activation, FixedScalesAreThoseOfTflite) {
  EXPECT_EQ(*op::softmax.fixed_quant(DType::kI8), (QuantParams{{0.00390625F}, {-128}, -1, 0}));
  EXPECT_EQ(*op::sigmoid.fixed_quant(DType::kU8), (QuantParams{{0.00390625F}, {0}, -1, 0}));
  EXPECT_EQ(*op::sigmoid.fixed_quant(DType::kI16), (QuantParams{{1.0F / 32768}, {0}, -1, 0}));
  EXPECT_EQ(*op::tanh.fixed_quant(DType::kI8), (QuantParams{{0.0078125F}, {0}, -1, 0}));
  EXPECT_EQ(*op::log_softmax.fixed_quant(DType::kI8), (QuantParams{{0.0625F}, {127}, -1, 0}));
}

}  // namespace paw::activation_test
