#include "runtime/steps/step_testing.h"

namespace paw::resize_test {

constexpr ResizeF32 kResize{.batch = 2, .in_h = 5, .in_w = 4, .channels = 3, .out_h = 3, .out_w = 7};
constexpr std::size_t kIn = 2 * 5 * 4 * 3 * 4, kOut = 2 * 3 * 7 * 3 * 4;

TEST(ResizeStep, NeedsEveryByte) {
  for (const StepDef* def : {&step::resize_nearest_f32, &step::resize_bilinear_f32}) {
    EXPECT_TRUE(run_if_accepted(*def, kResize, kIn, kOut));
    EXPECT_FALSE(run_if_accepted(*def, kResize, kIn - 1, kOut));
    EXPECT_FALSE(run_if_accepted(*def, kResize, kIn, kOut - 1));
    EXPECT_EQ(def->units(&kResize) * def->unit_elements(&kResize), static_cast<std::int64_t>(kOut / 4));
  }
}

TEST(ResizeStep, HostileParametersNeverLeaveTheBuffers) {
  Random random(92);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto params = hostile<std::int32_t>(random, kResize, 0, sizeof(ResizeF32) / 4);
    accepted += run_if_accepted(step::resize_nearest_f32, params, kIn, kOut) ? 1 : 0;
    accepted += run_if_accepted(step::resize_bilinear_f32, params, kIn, kOut) ? 1 : 0;
  }
  EXPECT_GT(accepted, 2'000);
}

}  // namespace paw::resize_test
