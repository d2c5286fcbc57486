#include "train/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "train/loader.h"

namespace paw::schedule_test {

TEST(Schedule, WarmsUpAndFallsAlongACosine) {
  const Schedule s{.peak = 0.4, .last = 0.25, .warm_up = 4, .steps = 14};
  EXPECT_DOUBLE_EQ(s.at(0), 0.1);
  EXPECT_DOUBLE_EQ(s.at(3), 0.4);
  EXPECT_DOUBLE_EQ(s.at(4), 0.4);
  EXPECT_NEAR(s.at(9), 0.4 * (0.25 + 0.75 / 2), 1e-12);  // half way
  EXPECT_NEAR(s.at(14), 0.1, 1e-12);
  EXPECT_NEAR(s.at(1000), 0.1, 1e-12);
  EXPECT_DOUBLE_EQ((Schedule{.peak = 1, .steps = 1}.at(0)), 1);
}

TEST(Shuffled, IsAPermutationOfItsSeedAndEpoch) {
  std::vector<std::int64_t> order = shuffled(100, 3, 1);
  EXPECT_EQ(order, shuffled(100, 3, 1));
  EXPECT_NE(order, shuffled(100, 3, 2));
  EXPECT_NE(order, shuffled(100, 4, 1));
  std::ranges::sort(order);
  for (std::int64_t i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  EXPECT_TRUE(shuffled(0, 1, 1).empty());
}

}  // namespace paw::schedule_test
