// The ops of elementwise.cc, softmax.cc and reduce.cc as plans on every tier, against the reference: each op's own
// cases, broadcasting with constants, fused clamps and grouped chains.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "lower/plan_testing.h"
#include "ops/activation.h"
#include "ops/reduce.h"

namespace paw::elementwise_slow_test {

RefTensor random_tensor(const Shape& shape, double lo, double hi, Random& random) {
  RefTensor out{shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))};
  for (double& v : out.data) v = static_cast<float>(random.uniform(lo, hi));
  return out;
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
          expect_plan_like_reference(*b.finish(), std::span(&input, 1), 2e-6, std::string(op->name) + shape.text());
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
    EXPECT_EQ(expect_plan_like_reference(*b.finish(), inputs, 0, "add and clamp").size(), 1u);
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
    expect_plan_like_reference(*b.finish(), std::span(&input, 1), 2e-6, "chain of " + std::to_string(channels));
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
        expect_plan_like_reference(*b.finish(), std::span(&input, 1), 2e-6, std::string(op->name));
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

}  // namespace paw::elementwise_slow_test
