#include "runtime/steps/step_testing.h"

namespace paw::gather_test {

constexpr GatherF32 kParams{.count = 37, .size = 5};

TEST(GatherStep, NeedsEveryByte) {
  expect_every_byte_needed(step::gather_f32, kParams, {5 * 4, 37 * 4}, 37 * 4);
  expect_every_byte_needed(step::scatter_add_f32, kParams, {37 * 4, 37 * 4}, 5 * 4);
}

TEST(GatherStep, HostileParametersNeverLeaveTheBuffers) {
  Random random(41);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto params = hostile<std::int64_t>(random, kParams, 0, sizeof(GatherF32) / 8);
    accepted += run_if_accepted(step::gather_f32, params, {5 * 4, 37 * 4}, {37 * 4}) ? 1 : 0;
    accepted += run_if_accepted(step::scatter_add_f32, params, {37 * 4, 37 * 4}, {5 * 4}) ? 1 : 0;
  }
  EXPECT_GT(accepted, 3'000);
}

// An index that no plan has means the nearest entry; a table may be larger than a work unit.
TEST(GatherStep, IndicesOutsideMeanTheNearestEntry) {
  constexpr std::int64_t kSize = kScatterUnit + 1;
  constexpr GatherF32 params{.count = 4, .size = kSize};
  const std::vector<std::int32_t> indices{-5, 0, static_cast<std::int32_t>(kSize - 1), 1 << 30};
  std::vector<float> table(kSize, 0.0F), out(4), sums(kSize);
  table.front() = 1;
  table.back() = 2;
  gather_f32(params, table.data(), indices.data(), out.data(), {0, gather_units(params)});
  EXPECT_EQ(out, (std::vector<float>{1, 1, 2, 2}));
  scatter_add_f32(params, out.data(), indices.data(), sums.data(), {0, scatter_add_units(params)});
  EXPECT_EQ(sums.front(), 2);
  EXPECT_EQ(sums.back(), 4);
}

}  // namespace paw::gather_test
