#include "runtime/steps/step_testing.h"

namespace paw::pool_test {

// 2 images of 5x6x3 to 3x3x3.
constexpr PoolF32 kPool{.batch = 2,
                        .in_h = 5,
                        .in_w = 6,
                        .channels = 3,
                        .out_h = 3,
                        .out_w = 3,
                        .kernel_h = 3,
                        .kernel_w = 3,
                        .stride_h = 2,
                        .stride_w = 2,
                        .pad_top = 1,
                        .pad_left = 1};
constexpr std::size_t kIn = 2 * 5 * 6 * 3 * 4, kOut = 2 * 3 * 3 * 3 * 4;

TEST(PoolStep, NeedsEveryByte) {
  for (const StepDef* def : {&step::max_pool_f32, &step::avg_pool_f32}) {
    EXPECT_TRUE(run_if_accepted(*def, kPool, kIn, kOut));
    EXPECT_FALSE(run_if_accepted(*def, kPool, kIn - 1, kOut));
    EXPECT_FALSE(run_if_accepted(*def, kPool, kIn, kOut - 1));
    EXPECT_EQ(def->units(&kPool) * def->unit_elements(&kPool), static_cast<std::int64_t>(kOut / 4));
  }
}

TEST(PoolStep, HostileParametersNeverLeaveTheBuffers) {
  Random random(91);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto params = hostile<std::int32_t>(random, kPool, 0, sizeof(PoolF32) / 4);
    accepted += run_if_accepted(step::max_pool_f32, params, kIn, kOut) ? 1 : 0;
    accepted += run_if_accepted(step::avg_pool_f32, params, kIn, kOut) ? 1 : 0;
  }
  EXPECT_GT(accepted, 2'000);
}

}  // namespace paw::pool_test
