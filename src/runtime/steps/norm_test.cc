#include <algorithm>

#include "runtime/steps/step_testing.h"

namespace paw::norm_test {

constexpr std::int64_t kRows = 90;
constexpr BatchNormF32 kNorm{.rows = kRows, .channels = 5, .unit_rows = 9, .grain = 64, .masked = 1, .min = 0};
constexpr std::size_t kImage = kRows * 5 * 4, kRow = 5 * 4, kPartials = norm_partial_floats(kRows, 5) * 4;

struct Case {
  const StepDef& def;
  std::vector<std::size_t> in, out;
};

std::vector<Case> cases() {
  return {{step::bn_stats_f32, {kImage}, {kPartials}},
          {step::bn_finish_f32, {kPartials, kRow}, {kRow, kRow, kRow}},
          {step::bn_apply_f32, {kImage, kRow, kRow, kRow}, {kImage}},
          {step::bn_grad_stats_f32, {kImage, kImage, kRow, kRow, kRow}, {kPartials}},
          {step::bn_grad_finish_f32, {kPartials, kRow, kRow}, {kRow, kRow, 3 * kRow}},
          {step::bn_grad_apply_f32, {kImage, kImage, kRow, 3 * kRow, kRow, kRow}, {kImage}}};
}

TEST(NormSteps, NeedEveryByte) {
  for (const Case& c : cases()) {
    EXPECT_TRUE(run_if_accepted(c.def, kNorm, c.in, c.out)) << c.def.name;
    for (std::size_t i = 0; i < c.in.size() + c.out.size(); ++i) {
      std::vector<std::size_t> in = c.in, out = c.out;
      --(i < in.size() ? in[i] : out[i - in.size()]);
      EXPECT_FALSE(run_if_accepted(c.def, kNorm, in, out)) << c.def.name << " operand " << i;
    }
  }
}

TEST(NormSteps, TheMaskNeedsItsOperands) {
  BatchNormF32 plain = kNorm;
  plain.masked = 0;
  const std::vector<std::size_t> few = {kImage, kImage, kRow}, absent = {kImage, kImage, kRow, 0, 0};
  for (const auto& in : {few, absent}) {
    EXPECT_TRUE(run_if_accepted(step::bn_grad_stats_f32, plain, in, {kPartials}));
    EXPECT_FALSE(run_if_accepted(step::bn_grad_stats_f32, kNorm, in, {kPartials}));
  }
}

TEST(NormSteps, FrozenStatisticsNeedTheGainInsteadOfFactors) {
  BatchNormF32 frozen = kNorm;
  frozen.frozen = 1;
  frozen.masked = 0;
  const StepDef& apply = step::bn_grad_apply_f32;
  EXPECT_TRUE(run_if_accepted(apply, frozen, {kImage, kImage, kRow, 0, kRow}, {kImage}));
  EXPECT_FALSE(run_if_accepted(apply, frozen, {kImage, kImage, kRow, 3 * kRow, 0}, {kImage}));
  EXPECT_FALSE(run_if_accepted(apply, frozen, {kImage, kImage, kRow, 3 * kRow}, {kImage}));
  frozen.frozen = 0;
  EXPECT_FALSE(run_if_accepted(apply, frozen, {kImage, kImage, kRow, 0, kRow}, {kImage}));
}

TEST(NormSteps, UnitsAreWholeRows) {
  for (const Case& c : cases()) {
    if (c.def.set_unit == nullptr) continue;
    BatchNormF32 p = kNorm;
    EXPECT_FALSE(c.def.set_unit(&p, 7, 1)) << c.def.name;
    EXPECT_FALSE(c.def.set_unit(&p, 5 * (kNormMaxUnitRows + 1), 1)) << c.def.name;
    EXPECT_FALSE(c.def.set_unit(&p, 10, 4)) << c.def.name;  // the mean is no stream
    EXPECT_EQ(std::memcmp(&p, &kNorm, sizeof(p)), 0);
    EXPECT_TRUE(c.def.set_unit(&p, 10, 1)) << c.def.name;
    EXPECT_EQ(c.def.units(&p), 45) << c.def.name;
    if (c.def.grain != nullptr) {
      EXPECT_EQ(c.def.grain(&p), 256) << c.def.name;  // 512 rows
    }
    EXPECT_TRUE(run_if_accepted(c.def, p, c.in, c.out)) << c.def.name;
  }
}

TEST(NormSteps, HostileParametersNeverLeaveTheBuffers) {
  Random random(93);
  for (const Case& c : cases()) {
    int accepted = 0;
    for (int i = 0; i < 5'000; ++i) {
      const auto params = hostile<std::int32_t>(random, kNorm, 0, sizeof(BatchNormF32) / 4);
      accepted += run_if_accepted(c.def, params, c.in, c.out) ? 1 : 0;
    }
    EXPECT_GT(accepted, 300) << c.def.name;
  }
}

}  // namespace paw::norm_test
