// The properties themselves: each must fail on an op that is broken in just that way.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <limits>

#include "generated_ops/properties.h"
#include "ir/builder.h"
#include "lower/plan_testing.h"
#include "ops/activation.h"
#include "ops/elementwise.h"
#include "ops/ops.h"

namespace paw {
namespace {

// Number of failures that `body` reports.
template <class F>
int failures(F body) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    body();
  }
  int failed = 0;
  for (int i = 0; i < results.size(); ++i) failed += results.GetTestPartResult(i).failed() ? 1 : 0;
  return failed;
}

using CaseCheck = void (*)(const OpDef&, const OpCase&);

int failures(CaseCheck check, const OpDef& op) {
  return failures([&] {
    for (const OpCase& c : op.cases()) check(op, c);
  });
}

TEST(SelfCheck, GradientSeesAWrongRule) {
  EXPECT_EQ(failures(check_gradient, op::hard_swish), 0);
  OpDef op = op::hard_swish;
  op.gradient = [](GradContext& g) { return std::vector{g.grad()}; };
  EXPECT_GT(failures(check_gradient, op), 0);
  // Off by one part in 100,000.
  op = op::square;
  op.gradient = [](GradContext& g) {
    return std::vector{g.call(op::mul, {g.grad(), g.call(op::mul, {g.in(0), g.scalar(2.00002, g.in(0))})})};
  };
  EXPECT_GT(failures(check_gradient, op), 0);
  op.gradient = [](GradContext&) { return std::vector<ValueId>(1); };
  EXPECT_GT(failures(check_gradient, op), 0);
}

TEST(SelfCheck, InferSeesWrongShapesAndNumbers) {
  OpDef op = op::square;
  op.reference = [](const EvalArgs& args) { args.out[0].data[0] = std::numeric_limits<double>::infinity(); };
  EXPECT_GT(failures(check_infer, op), 0);
  op.reference = [](const EvalArgs& args) { args.out[0].data.push_back(0); };
  EXPECT_GT(failures(check_infer, op), 0);
  op.reference = [](const EvalArgs& args) { args.out[0].shape = Shape{9, 9}; };
  EXPECT_GT(failures(check_infer, op), 0);
}

TEST(SelfCheck, TraitsSeeFalseClaims) {
  OpDef op = op::sub;
  op.traits |= kCommutative;
  EXPECT_GT(failures(check_traits, op), 0);
  op = op::softmax;
  op.traits |= kElementwise;
  EXPECT_GT(failures(check_traits, op), 0);
  op = op::square;
  op.traits |= kShapeOnly;
  EXPECT_GT(failures(check_traits, op), 0);
  op = op::square;
  op.cost = [](const OpCall&, std::span<const TensorType>) { return Cost{.macs = 0, .ops = -1}; };
  EXPECT_GT(failures(check_traits, op), 0);
}

struct BlindAttrs {
  double seen = 1;
  std::int64_t unseen = 2;
  void fields(auto& v) {
    v("seen", seen);
    v("unseen", unseen);
  }
  bool operator==(const BlindAttrs& other) const { return seen == other.seen; }
};

TEST(SelfCheck, AttributesSeeAFieldThatEqualityForgets) {
  OpDef op = op::square;
  op.default_attrs = attrs_of<BlindAttrs>;
  EXPECT_GT(failures(check_attributes, op), 0);
}

TEST(SelfCheck, TextAndFileSeeAnOpThatComesBackAsAnother) {
  OpDef op = op::square;  // same name, another address: the parser finds the real one
  EXPECT_GT(failures(check_text, op), 0);
  EXPECT_GT(failures(check_file, op), 0);
}

TEST(SelfCheck, Int8SeesAReferenceThatLooksAtTheQuantisation) {
  EXPECT_EQ(failures(check_int8, op::square), 0);
  OpDef op = op::square;
  op.reference = [](const EvalArgs& args) {
    const double error = args.call.in(0).quant ? 1.05 : 1.0;
    eval_unary(args, [error](double x) { return x * x * error; });
  };
  EXPECT_GT(failures(check_int8, op), 0);
}

TEST(SelfCheck, IllegalSeesSilentErrorsAndImpossibleCosts) {
  const auto check = [](const OpDef& op) { return failures([&] { check_illegal(op); }); };
  EXPECT_EQ(check(op::square), 0);
  OpDef op = op::square;
  op.infer = [](const OpCall& call) -> Result<std::vector<TensorType>> {
    if (!is_float(call.in(0).dtype)) return call.error("");
    return infer_unary(call);
  };
  EXPECT_GT(check(op), 0);
  op.infer = [](const OpCall& call) -> Result<std::vector<TensorType>> {
    if (!is_float(call.in(0).dtype)) return fail(ErrorCode::kInternal, "square", "untyped");
    return infer_unary(call);
  };
  EXPECT_GT(check(op), 0);
  op = op::square;
  op.cost = [](const OpCall&, std::span<const TensorType>) { return Cost{.macs = -1, .ops = 0}; };
  EXPECT_GT(check(op), 0);
}

TEST(SelfCheck, PlanSeesWrongResultsOfTheEngine) {
  EXPECT_EQ(failures(check_plan, op::square), 0);
  const auto see = [](float result, double expected, double tolerance) {
    return failures([&] {
      expect_results({Tensor::f32({1}, std::span(&result, 1))}, {{Shape{1}, {expected}}}, tolerance, "made up");
    });
  };
  EXPECT_EQ(see(1.5f, 1.5, 0), 0);
  EXPECT_EQ(see(1.5f, 1.500001, 1e-6), 0);
  EXPECT_GT(see(1.5f, 1.500001, 0), 0);
  EXPECT_GT(see(1.5f, 1.5001, 1e-6), 0);
  EXPECT_GT(see(1.5f, std::numeric_limits<double>::quiet_NaN(), 1e-6), 0);
  EXPECT_GT(see(std::numeric_limits<float>::quiet_NaN(), 1.5, 1e-6), 0);
}

TEST(SelfCheck, ContractSeesIncompleteDefinitions) {
  const auto broken = [](auto change) {
    OpDef op = op::square;
    change(op);
    // A copy is never what find_op returns: one failure is expected before anything is wrong.
    return failures([&] { check_contract(op); }) > 1;
  };
  EXPECT_FALSE(broken([](OpDef&) {}));
  EXPECT_TRUE(broken([](OpDef& op) { op.summary = ""; }));
  EXPECT_TRUE(broken([](OpDef& op) { op.gradient = nullptr; }));
  EXPECT_TRUE(broken([](OpDef& op) { op.cost = nullptr; }));
  EXPECT_TRUE(broken([](OpDef& op) { op.traits |= kFixedOutputScale; }));
  EXPECT_TRUE(broken([](OpDef& op) { op.cases = [] { return std::vector(3, unary_cases(0, 1)[0]); }; }));
  EXPECT_TRUE(broken([](OpDef& op) { op.cases = [] { return std::vector<OpCase>{}; }; }));
  EXPECT_TRUE(broken([](OpDef& op) {
    op.cases = [] {
      std::vector<OpCase> cases = unary_cases(0, 1);
      for (OpCase& c : cases) c.inputs[0].differentiable = false;
      return cases;
    };
  }));
}

}  // namespace
}  // namespace paw
