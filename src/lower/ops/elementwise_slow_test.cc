// The ops of elementwise.cc, softmax.cc and reduce.cc as plans on every tier, against the reference: each op's own
// cases, broadcasting with constants, fused clamps and grouped chains.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "lower/ops/lower_testing.h"
#include "ops/activation.h"
#include "ops/reduce.h"

namespace paw {
namespace {

RefTensor random_tensor(const Shape& shape, double lo, double hi, Random& random) {
  RefTensor out{shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))};
  for (double& v : out.data) v = static_cast<float>(random.uniform(lo, hi));
  return out;
}

// Lowers without passes, so that nothing is folded away; every tier, grouped and not, one and two threads. Returns
// the number of steps.
std::size_t expect_like_reference(const Graph& graph, std::span<const RefTensor> inputs, const std::string& what) {
  const auto expected = interpret(graph, inputs);
  EXPECT_TRUE(expected.has_value()) << what;
  std::size_t steps = 0;
  for (const bool group : {true, false}) {
    const auto bytes = lower(graph, {.deploy_passes = false, .group = group});
    EXPECT_TRUE(bytes.has_value()) << what << ": " << (bytes ? "" : bytes.error().text());
    if (!bytes || !expected) return 0;
    const auto plan = Plan::load(*bytes, "test");
    EXPECT_TRUE(plan.has_value()) << what << ": " << (plan ? "" : plan.error().text());
    if (!plan) return 0;
    steps = plan->steps().size();
    for (const Isa isa : available_isas()) {
      const std::vector<float> y = run_plan(*plan, isa, 1, inputs);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const double want = (*expected)[0].data[i];
        EXPECT_NEAR(y[i], want, 1e-6 + 1e-5 * std::abs(want)) << what << " on " << name(isa) << " at " << i;
      }
      if (!group) continue;
      const std::vector<float> shared = run_plan(*plan, isa, 2, inputs);
      EXPECT_EQ(std::memcmp(shared.data(), y.data(), y.size() * sizeof(float)), 0) << what << ": threads";
    }
  }
  return steps;
}

const OpDef* const kOps[] = {
    &op::relu,       &op::relu6,       &op::clamp,
    &op::leaky_relu, &op::sigmoid,     &op::hard_sigmoid,
    &op::silu,       &op::hard_swish,  &op::tanh,
    &op::gelu,       &op::exp,         &op::log,
    &op::sqrt,       &op::rsqrt,       &op::square,
    &op::abs,        &op::neg,         &op::sign,
    &op::erf,        &op::add,         &op::sub,
    &op::mul,        &op::div,         &op::maximum,
    &op::minimum,    &op::clamp_grad,  &op::hard_swish_grad,
    &op::softmax,    &op::log_softmax, &op::reduce_mean,
    &op::reduce_sum, &op::reduce_max,
};

bool plain_f32(const OpCase& c) {
  return std::ranges::all_of(c.inputs, [](const CaseInput& i) { return i.type.dtype == DType::kF32 && !i.absent; });
}

TEST(LowerElementwise, EveryCaseOfEveryOpAgreesWithTheReference) {
  Random random(11);
  for (const OpDef* op : kOps) {
    int run = 0;
    for (const OpCase& c : op->cases()) {
      if (!plain_f32(c)) continue;
      GraphBuilder b("case");
      std::vector<ValueId> ids;
      std::vector<RefTensor> inputs;
      for (const CaseInput& input : c.inputs) {
        ids.push_back(b.input("x" + std::to_string(ids.size()), input.type));
        inputs.push_back(random_tensor(input.type.shape, input.lo, input.hi, random));
        if (!input.values.empty()) inputs.back().data = input.values;
      }
      b.output(b.call(*op, ids, c.attrs));
      const auto graph = b.finish();
      ASSERT_TRUE(graph.has_value()) << op->name << " " << c.name;
      expect_like_reference(*graph, inputs, std::string(op->name) + " " + c.name);
      ++run;
    }
    EXPECT_GT(run, 0) << op->name;
  }
}

Tensor constant_of(const Shape& shape, Random& random) {
  return from_ref({DType::kF32, shape}, random_tensor(shape, -2, 2, random));
}

TEST(LowerElementwise, ConstantsOfFewChannelsOnEitherSide) {
  Random random(3);
  for (const std::int64_t channels : {1, 2, 3, 5, 31, 32, 33}) {
    for (const std::int64_t size : {1, 4, 7}) {
      for (const bool first : {false, true}) {
        for (const OpDef* op : {&op::sub, &op::div, &op::maximum}) {
          GraphBuilder b("preprocess");
          const Shape shape{2, size, size, channels};
          const ValueId x = b.input("x", {DType::kF32, shape});
          const ValueId c = b.constant(constant_of({channels}, random));
          b.output(first ? b.call(*op, {c, x}) : b.call(*op, {x, c}));
          const RefTensor input = random_tensor(shape, 1, 2, random);
          expect_like_reference(*b.finish(), std::span(&input, 1), std::string(op->name) + shape.text());
        }
      }
    }
  }
}

TEST(LowerElementwise, ClampBehindAnAdditionIsNoStepOfItsOwn) {
  Random random(4);
  for (const OpDef* activation : {&op::relu, &op::relu6}) {
    GraphBuilder b("residual");
    const Shape shape{1, 5, 5, 24};
    const ValueId x = b.input("x", {DType::kF32, shape}), y = b.input("y", {DType::kF32, shape});
    b.output(b.call(*activation, {b.call(op::add, {x, y})}));
    const RefTensor inputs[] = {random_tensor(shape, -8, 8, random), random_tensor(shape, -8, 8, random)};
    EXPECT_EQ(expect_like_reference(*b.finish(), inputs, "add and clamp"), 1u);
  }
}

// Squeeze-excite between elementwise chains: what reads in step runs in groups and in place, the rest waits.
TEST(LowerElementwise, ChainsInGroupsAndInPlace) {
  Random random(5);
  for (const std::int64_t channels : {1, 3, 16, 40, 100}) {
    GraphBuilder b("chain");
    const Shape shape{2, 6, 5, channels};
    const ValueId x = b.input("x", {DType::kF32, shape});
    const ValueId h = b.call(op::hard_swish, {b.call(op::mul, {x, b.constant(constant_of({channels}, random))})});
    const ValueId pooled = b.call(op::reduce_mean, {h}, ReduceAttrs{{1, 2}, true});
    const ValueId gate = b.call(op::sigmoid, {b.call(op::silu, {pooled})});
    const ValueId excited = b.call(op::mul, {gate, h});
    const ValueId sum = b.call(op::add, {b.call(op::tanh, {excited}), b.call(op::square, {excited})});
    b.output(b.call(op::softmax, {b.call(op::sub, {sum, x})}));
    const RefTensor input = random_tensor(shape, -3, 3, random);
    expect_like_reference(*b.finish(), std::span(&input, 1), "chain of " + std::to_string(channels));
  }
}

TEST(LowerElementwise, ReductionsOverScatteredAxes) {
  Random random(6);
  for (const OpDef* op : {&op::reduce_sum, &op::reduce_mean, &op::reduce_max}) {
    for (const auto& axes : std::vector<std::vector<std::int64_t>>{{0, 2, 4}, {1, 3}, {0, 1, 5}, {2}, {}, {3, 4}}) {
      for (const bool keep : {false, true}) {
        GraphBuilder b("reduce");
        const Shape shape{2, 3, 1, 4, 1, 5};
        const ValueId x = b.input("x", {DType::kF32, shape});
        b.output(b.call(op::neg, {b.call(*op, {b.call(op::exp, {x})}, ReduceAttrs{axes, keep})}));
        const RefTensor input = random_tensor(shape, -1, 1, random);
        expect_like_reference(*b.finish(), std::span(&input, 1), std::string(op->name));
      }
    }
  }
}

TEST(LowerElementwise, OtherElementTypesAreRefusedByName) {
  for (const OpDef* op : {&op::neg, &op::reduce_sum}) {
    GraphBuilder b("integers");
    b.set_scope("block1/odd");
    b.output(b.call(*op, {b.input("x", {DType::kI32, {2, 3}})}));
    const auto plan = lower(*b.finish(), {.deploy_passes = false});
    ASSERT_FALSE(plan.has_value());
    EXPECT_EQ(plan.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(plan.error().text().find("block1/odd"), std::string::npos) << plan.error().text();
    EXPECT_NE(plan.error().text().find("i32[2,3]"), std::string::npos) << plan.error().text();
  }
}

}  // namespace
}  // namespace paw
