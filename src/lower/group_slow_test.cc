// Groups of steps, block by block: the same bits as one step after the other.
#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "base/random.h"
#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "runtime/executor.h"

namespace paw::group_slow_test {

Tensor random_tensor(const Shape& shape, Random& random) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& v : values) v = static_cast<float>(random.uniform(-1, 1));
  return Tensor::of<float>({DType::kF32, shape}, values);
}

struct Outcome {
  std::vector<float> y;
  std::size_t groups = 0;
};

Outcome run(const Graph& graph, bool group, int threads) {
  const auto bytes = lower(graph, {.deploy_passes = false, .group = group});
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().text());
  const auto plan = Plan::load(*bytes, "test");
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().text());
  Outcome out;
  std::uint32_t last = UINT32_MAX;
  for (const PlanStep& step : plan->steps()) out.groups += std::exchange(last, step.group) != step.group ? 1u : 0u;
  Executor executor(*plan, available_isas().back(), threads);
  Random random(5);
  auto* x = static_cast<float*>(executor.input(0));
  for (std::int64_t i = 0; i < plan->inputs()[0].type.shape.elements(); ++i) {
    x[i] = static_cast<float>(random.uniform(-1, 1));
  }
  executor.run();
  const auto* y = static_cast<const float*>(executor.output(0));
  out.y.assign(y, y + plan->outputs()[0].type.shape.elements());
  return out;
}

void expect_same_bits(const Graph& graph, std::size_t groups) {
  const Outcome alone = run(graph, false, 1);
  for (const int threads : {1, 2, 3}) {
    const Outcome grouped = run(graph, true, threads);
    EXPECT_EQ(grouped.groups, groups);
    ASSERT_EQ(grouped.y.size(), alone.y.size());
    EXPECT_EQ(std::memcmp(grouped.y.data(), alone.y.data(), alone.y.size() * sizeof(float)), 0) << threads;
  }
}

// The sum must not overwrite rows that the window of the next block still reads.
TEST(Groups, AResidualAroundAWindowKeepsItsInput) {
  Random random(7);
  GraphBuilder b("residual");
  const ValueId image = b.input("x", {DType::kF32, {1, 40, 40, 48}});
  const ValueId x = b.call(op::neg, {image});
  const ValueId w = b.constant(random_tensor({1, 3, 3, 48}, random));
  const ValueId y = b.call(op::depthwise_conv2d, {x, w, ValueId{}}, DepthwiseConv2dAttrs{.padding = Padding::kSame});
  b.output(b.call(op::add, {x, y}));
  expect_same_bits(*b.finish(), 2);
}

// A step that only waits for the group is no reason to end it.
TEST(Groups, AFollowerOvertakesWhatHasNothingToDoWithIt) {
  Random random(8);
  GraphBuilder b("overtaking");
  const ValueId x = b.input("x", {DType::kF32, {1, 30, 30, 32}});
  const ValueId w = b.constant(random_tensor({64, 1, 1, 32}, random));
  const ValueId y = b.call(op::conv2d, {x, w, ValueId{}});
  const ValueId side = b.call(op::reduce_max, {x}, ReduceAttrs{{1, 2}, true});
  const ValueId act = b.call(op::silu, {y});
  const ValueId w2 = b.constant(random_tensor({64, 1, 1, 32}, random));
  b.output(b.call(op::mul, {act, b.call(op::conv2d, {side, w2, ValueId{}})}));
  expect_same_bits(*b.finish(), 4);
}

}  // namespace paw::group_slow_test
