// check() of the gradients of pools, resizing and the maximum, of the loss and of dropout.
#include "runtime/steps/step_testing.h"

namespace paw::train_test {

constexpr PoolF32 kPool{.batch = 2,
                        .in_h = 5,
                        .in_w = 4,
                        .channels = 3,
                        .out_h = 3,
                        .out_w = 2,
                        .kernel_h = 3,
                        .kernel_w = 3,
                        .stride_h = 2,
                        .stride_w = 2,
                        .pad_top = 1,
                        .pad_left = 1};
constexpr ResizeF32 kResize{.batch = 2, .in_h = 5, .in_w = 4, .channels = 3, .out_h = 3, .out_w = 7};
constexpr ReduceF32 kReduce{.outer = 3, .reduce = 5, .inner = 2, .op = ReduceOp::kMax};
constexpr CrossEntropyF32 kLoss{.rows = 4, .classes = 6, .smoothing = 0.1};
constexpr DropoutF32 kDropout{.count = 30, .rate = 0.25, .stream = 1};
constexpr std::size_t kX = 2 * 5 * 4 * 3 * 4, kPooled = 2 * 3 * 2 * 3 * 4, kResized = 2 * 3 * 7 * 3 * 4;

// The parameters are sound: every operand is needed to its last byte. Then 10,000 damaged ones.
template <class I, class P>
void attack(const StepDef& def, const P& p, const std::vector<std::size_t>& in, std::size_t out) {
  expect_every_byte_needed(def, p, in, out);
  Random random(96);
  int accepted = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto damaged = hostile<I>(random, p, 0, sizeof(P) / sizeof(I));
    accepted += run_if_accepted(def, damaged, in, {out}) ? 1 : 0;
  }
  EXPECT_GT(accepted, 300) << def.name;
}

TEST(TrainSteps, HostileParametersNeverLeaveTheBuffers) {
  attack<std::int32_t>(step::max_pool_grad_f32, kPool, {kPooled, kX}, kX);
  attack<std::int32_t>(step::avg_pool_grad_f32, kPool, {kPooled}, kX);
  attack<std::int32_t>(step::resize_nearest_grad_f32, kResize, {kResized}, kX);
  attack<std::int32_t>(step::resize_bilinear_grad_f32, kResize, {kResized}, kX);
  attack<std::int32_t>(step::reduce_max_grad_f32, kReduce, {24, 120, 24}, 120);
  attack<std::int64_t>(step::cross_entropy_f32, kLoss, {96, 96}, 16);
  attack<std::int64_t>(step::dropout_f32, kDropout, {120, 16}, 120);
}

}  // namespace paw::train_test
