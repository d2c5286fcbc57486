// Golden values of the arithmetic ops, and what they refuse. The references are the oracle of every kernel, so they are
// checked against numbers that come from elsewhere.
#include "ops/elementwise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/cast.h"
#include "ops/op_testing.h"

namespace paw::elementwise_test {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;
using ::testing::Pointwise;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;

TEST(Binary, ComputesElementByElement) {
  const Values a = {6, -3, 0.5}, b = {2, 4, -0.25};
  EXPECT_THAT(evaluate_vectors(op::add, {a, b}), ElementsAre(8, 1, 0.25));
  EXPECT_THAT(evaluate_vectors(op::sub, {a, b}), ElementsAre(4, -7, 0.75));
  EXPECT_THAT(evaluate_vectors(op::mul, {a, b}), ElementsAre(12, -12, -0.125));
  EXPECT_THAT(evaluate_vectors(op::div, {a, b}), ElementsAre(3, -0.75, -2));
  EXPECT_THAT(evaluate_vectors(op::maximum, {a, b}), ElementsAre(6, 4, 0.5));
  EXPECT_THAT(evaluate_vectors(op::minimum, {a, b}), ElementsAre(2, -3, -0.25));
}

TEST(Binary, BroadcastsAsNumPyDoes) {
  const RefTensor column{{2, 1}, {10, 20}}, row{{3}, {1, 2, 3}}, scalar{{}, {5}};
  EXPECT_EQ(evaluate(op::add, {column, row}).shape, (Shape{2, 3}));
  EXPECT_THAT(evaluate(op::add, {column, row}).data, ElementsAre(11, 12, 13, 21, 22, 23));
  EXPECT_THAT(evaluate(op::sub, {scalar, row}).data, ElementsAre(4, 3, 2));
  EXPECT_THAT(evaluate(op::div, {column, scalar}).data, ElementsAre(2, 4));
}

TEST(Binary, MaximumAndMinimumPassNanOnFromEitherSide) {
  for (const OpDef* op : {&op::maximum, &op::minimum}) {
    EXPECT_THAT(evaluate_vectors(*op, {{kNan, 1, kNan}, {1, kNan, kNan}}), ElementsAre(IsNan(), IsNan(), IsNan()));
  }
  EXPECT_THAT(evaluate_vectors(op::maximum, {{kInf, -kInf}, {0, 0}}), ElementsAre(kInf, 0));
}

TEST(Binary, DivisionByZeroFollowsIeee) {
  EXPECT_THAT(evaluate_vectors(op::div, {{1, -1, 0}, {0, 0, 0}}), ElementsAre(kInf, -kInf, IsNan()));
}

TEST(Binary, RefusesWhatDoesNotGoTogether) {
  const auto quant = per_tensor(0.5F, 3);
  const TensorType f{DType::kF32, {2, 3}}, i{DType::kI32, {2, 3}}, q{DType::kI8, {2, 3}, quant};
  const auto channels = std::make_shared<const QuantParams>(QuantParams{{1, 2, 3}, {0, 0, 0}, 1, 0});
  const TypeRule rules[] = {
      {op::add, {f, i}, {}, "[add] operands differ in element type: f32[2,3] and i32[2,3]"},
      {op::sub, {f, {DType::kF32, {2, 2}}}, {}, "[sub] shapes do not broadcast: f32[2,3] and f32[2,2]"},
      {op::mul, {q, {DType::kI8, {2, 3}}}, {}, "[mul] one operand is quantised, the other is not"},
      {op::mul, {{DType::kBool, {2}}, {DType::kBool, {2}}}, {}, "[mul] expected numbers, got bool[2]"},
      {op::div, {i, i}, {}, "[div] expected real numbers, got i32[2,3]"},
      {op::div, {q, q}, {}, "= i8[2,3]"},
      {op::maximum, {q, {DType::kI8, {3}, per_tensor(0.25F, 3)}}, {}, "[maximum] expected one scale for both operands"},
      {op::minimum, {{DType::kI8, {2, 3}, channels}, {DType::kI8, {2, 3}, channels}}, {}, "expected one scale"},
      {op::minimum, {i, {DType::kI32, {}}}, {}, "= i32[2,3]"},
  };
  for (const TypeRule& rule : rules) {
    EXPECT_THAT(inferred_text(rule.op, rule.inputs, rule.attrs), HasSubstr(rule.expected));
  }
}

struct Golden {
  const OpDef& op;
  Values x, y;
};

TEST(Unary, AgreesWithPublishedValues) {
  const Golden table[] = {
      {op::neg, {2, -0.5}, {-2, 0.5}},
      {op::abs, {-2, 0, 3}, {2, 0, 3}},
      {op::sign, {-2, 0, -0.0, 3}, {-1, 0, 0, 1}},
      {op::square, {-3, 0.5}, {9, 0.25}},
      {op::sqrt, {0, 2, 9}, {0, 1.4142135623730951, 3}},
      {op::rsqrt, {4, 2}, {0.5, 0.7071067811865476}},
      {op::exp, {0, -1, 0.5}, {1, 0.36787944117144233, 1.6487212707001282}},
      {op::log, {1, 2, 0.1}, {0, 0.6931471805599453, -2.302585092994046}},
      {op::erf, {0, 0.5, -1, 2}, {0, 0.5204998778130465, -0.8427007929497149, 0.9953222650189527}},
  };
  for (const Golden& golden : table) {
    EXPECT_THAT(evaluate_vectors(golden.op, {golden.x}), Pointwise(DoubleNear(1e-15), golden.y)) << golden.op.name;
  }
}

TEST(Unary, PassesNanOn) {
  for (const OpDef* op :
       {&op::neg, &op::abs, &op::sign, &op::square, &op::sqrt, &op::rsqrt, &op::exp, &op::log, &op::erf}) {
    EXPECT_THAT(evaluate_vectors(*op, {{kNan}}), ElementsAre(IsNan())) << op->name;
  }
}

TEST(Unary, FollowsIeeeOutsideTheDomain) {
  EXPECT_THAT(evaluate_vectors(op::sqrt, {{-1}}), ElementsAre(IsNan()));
  EXPECT_THAT(evaluate_vectors(op::rsqrt, {{0, -1, kInf}}), ElementsAre(kInf, IsNan(), 0));
  EXPECT_THAT(evaluate_vectors(op::log, {{0, -1}}), ElementsAre(-kInf, IsNan()));
  EXPECT_THAT(evaluate_vectors(op::exp, {{-kInf, 1000}}), ElementsAre(0, kInf));
}

TEST(Unary, TakesIntegersOnlyWhereTheyMakeSense) {
  const TensorType i{DType::kI32, {2}}, u{DType::kU8, {2}}, b{DType::kBool, {2}}, q{DType::kU8, {2}, per_tensor(1, 0)};
  const TypeRule rules[] = {
      {op::neg, {i}, {}, "= i32[2]"},
      {op::neg, {q}, {}, "= u8[2]"},
      {op::neg, {u}, {}, "[neg] expected signed numbers, got u8[2]"},
      {op::abs, {u}, {}, "= u8[2]"},
      {op::square, {b}, {}, "[square] expected numbers, got bool[2]"},
      {op::exp, {i}, {}, "[exp] expected real numbers, got i32[2]"},
      {op::sqrt, {q}, {}, "= u8[2]"},
  };
  for (const TypeRule& rule : rules) EXPECT_THAT(inferred_text(rule.op, rule.inputs), HasSubstr(rule.expected));
}

TEST(Cast, TruncatesFloatsAndWrapsIntegers) {
  EXPECT_THAT(evaluate_vectors(op::cast, {{-1.75, -0.5, 1.999, kInf}}, DtypeAttrs{DType::kI32}),
              ElementsAre(-1, 0, 1, kInf));  // storing saturates
  EXPECT_THAT(evaluate_vectors(op::cast, {{-1, 256, 300, 127}}, DtypeAttrs{DType::kU8}, DType::kI32),
              ElementsAre(255, 0, 44, 127));
  EXPECT_THAT(evaluate_vectors(op::cast, {{128, -129, 511, -128}}, DtypeAttrs{DType::kI8}, DType::kI64),
              ElementsAre(-128, 127, -1, -128));
  EXPECT_THAT(evaluate_vectors(op::cast, {{-0.25, 0, kNan}}, DtypeAttrs{DType::kBool}), ElementsAre(1, 0, 1));
  EXPECT_THAT(evaluate_vectors(op::cast, {{1, 0}}, DtypeAttrs{DType::kF32}, DType::kBool), ElementsAre(1, 0));
}

TEST(Cast, LeavesQuantisedNumbersToQuantizeAndDequantize) {
  EXPECT_THAT(inferred_text(op::cast, {{DType::kI8, {2}, per_tensor(1, 0)}}, DtypeAttrs{DType::kF32}),
              HasSubstr("[cast] expected plain numbers, got i8[2]{scale=1, zero_point=0}; use dequantize"));
}

TEST(Elementwise, KinkedCasesKeepTheirDistance) {
  const double kinks[] = {-1, 0.5};
  for (const OpCase& c : kinked_cases(-2, 2, kinks)) {
    ASSERT_EQ(static_cast<std::int64_t>(c.inputs[0].values.size()), c.inputs[0].type.shape.elements());
    for (const double v : c.inputs[0].values) {
      EXPECT_TRUE(v >= -2 && v < 2) << v;
      for (const double kink : kinks) EXPECT_GE(std::abs(v - kink), 0.05 - 1e-12) << v;
    }
  }
}

}  // namespace paw::elementwise_test
