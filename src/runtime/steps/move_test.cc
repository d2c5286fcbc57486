#include "runtime/steps/step_testing.h"

namespace paw::move_test {

// A transposed part of [3,4,5] behind 2 elements, into a gap of 1 after each row.
constexpr Move kMove{.extents = {1, 1, 1, 2, 4, 3},
                     .from = {0, 0, 0, 1, 5, 20},
                     .to = {0, 0, 0, 16, 4, 1},
                     .from_offset = 2,
                     .to_offset = 1};
constexpr std::size_t kIn = (2 + 1 + 15 + 40 + 1) * 4, kOut = (1 + 16 + 12 + 2 + 1) * 4;

TEST(MoveStep, NeedsEveryByteThatItReaches) {
  EXPECT_TRUE(run_if_accepted(step::move, kMove, kIn, kOut));
  EXPECT_FALSE(run_if_accepted(step::move, kMove, kIn - 1, kOut));
  EXPECT_FALSE(run_if_accepted(step::move, kMove, kIn, kOut - 1));
}

TEST(MoveStep, HostileParametersNeverLeaveTheBuffers) {
  Random random(93);
  int accepted = 0;
  for (int i = 0; i < 40'000; ++i) {
    const auto params = hostile<std::int64_t>(random, kMove, 0, sizeof(Move) / 8);
    accepted += run_if_accepted(step::move, params, kIn, kOut) ? 1 : 0;
    // Strides of 0 and extents alone, so that more get through.
    Move flat = hostile<std::int64_t>(random, kMove, 0, kMoveAxes);
    for (std::int64_t& stride : flat.to) stride = random.below(2) == 0 ? 0 : stride;
    for (std::int64_t& stride : flat.from) stride = random.below(2) == 0 ? 0 : stride;
    accepted += run_if_accepted(step::move, flat, kIn, kOut) ? 1 : 0;
  }
  EXPECT_GT(accepted, 2'000);
}

// Products that would wrap around 64 bits.
TEST(MoveStep, OverflowIsNoWayIn) {
  Move m{.extents = {1LL << 32, 1LL << 32, 1, 1, 1, 1}};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
  m = {.extents = {1, 1, 1, 1, 3, 3}, .from = {0, 0, 0, 0, 1LL << 62, 1LL << 62}};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
  m = {.extents = {1, 1, 1, 1, 3, 3}, .from = {0, 0, 0, 0, -1, 1}, .from_offset = 2};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
  m = {.from_offset = INT64_MAX};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
  m = {.element_bytes = 0};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
  // Strides of 0 on both sides and a billion elements: inside the buffers, but endless.
  m = {.extents = {1, 1, 1, 1, 1 << 15, 1 << 15}};
  EXPECT_FALSE(run_if_accepted(step::move, m, kIn, kOut));
}

}  // namespace paw::move_test
