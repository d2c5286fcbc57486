#include "runtime/steps/step_testing.h"

namespace paw::optimizer_test {

constexpr SgdF32 kSgd{.count = 10, .momentum = 0.9f};
constexpr AdamF32 kAdam{.count = 10, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-6f};

TEST(OptimizerSteps, NeedEveryByte) {
  const std::vector<std::size_t> sgd = {40, 40, 40, 4}, adam = {40, 40, 40, 40, 4, 4};
  EXPECT_TRUE(run_if_accepted(step::sgd_f32, kSgd, sgd, {40, 40}));
  EXPECT_TRUE(run_if_accepted(step::adam_f32, kAdam, adam, {40, 40, 40}));
  EXPECT_FALSE(run_if_accepted(step::sgd_f32, kSgd, sgd, {40, 39}));
  EXPECT_FALSE(run_if_accepted(step::adam_f32, kAdam, adam, {40, 40, 39}));
  for (std::size_t i = 0; i < adam.size(); ++i) {
    auto less = adam;
    --less[i];
    EXPECT_FALSE(run_if_accepted(step::adam_f32, kAdam, less, {40, 40, 40})) << i;
    if (i >= sgd.size()) continue;
    less = sgd;
    --less[i];
    EXPECT_FALSE(run_if_accepted(step::sgd_f32, kSgd, less, {40, 40})) << i;
  }
}

TEST(OptimizerSteps, HostileParametersNeverLeaveTheBuffers) {
  Random random(95);
  int accepted = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto sgd = hostile<std::int64_t>(random, kSgd, 0, sizeof(SgdF32) / 8);
    accepted += run_if_accepted(step::sgd_f32, sgd, {40, 40, 40, 4}, {40, 40}) ? 1 : 0;
    const auto adam = hostile<std::int64_t>(random, kAdam, 0, sizeof(AdamF32) / 8);
    accepted += run_if_accepted(step::adam_f32, adam, {40, 40, 40, 40, 4, 4}, {40, 40, 40}) ? 1 : 0;
  }
  EXPECT_GT(accepted, 1'000);
}

}  // namespace paw::optimizer_test
