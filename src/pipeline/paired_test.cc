#include "pipeline/paired.h"

#include <gtest/gtest.h>

namespace paw::paired_test {

TEST(PairedTest, CountsFlipsBothWays) {
  PairedAnswers paired;
  paired.add(true, true);
  paired.add(true, false);
  paired.add(true, false);
  paired.add(false, true);
  EXPECT_EQ(paired.images, 4);
  EXPECT_EQ(paired.lost, 2);
  EXPECT_EQ(paired.gained, 1);
  EXPECT_DOUBLE_EQ(paired.top1_before(), 0.75);
  EXPECT_DOUBLE_EQ(paired.top1_after(), 0.5);
  EXPECT_DOUBLE_EQ(paired.drop(), 0.25);
}

TEST(PairedTest, TheIntervalHoldsTheDropAndNarrowsWithPhotos) {
  const PairedAnswers few{.images = 100, .right_before = 90, .lost = 3, .gained = 1};
  const PairedAnswers many{.images = 10'000, .right_before = 9'000, .lost = 300, .gained = 100};
  for (const PairedAnswers& paired : {few, many}) {
    EXPECT_LT(paired.drop_interval().low, 0.02);
    EXPECT_GT(paired.drop_interval().high, 0.02);
  }
  EXPECT_LT(few.drop_interval().low, 0) << "two photos of a hundred may be chance";
  EXPECT_GT(many.drop_interval().low, 0.015);
  // By hand: b = 3.5, c = 1.5, n = 102: 2/102 +- 1.96 * sqrt(5 - 4/102) / 102.
  EXPECT_NEAR(few.drop_interval().low, 0.0196078 - 0.0427983, 1e-5);
}

TEST(PairedTest, NoFlipIsNoProof) {
  const PairedAnswers paired{.images = 20, .right_before = 20, .lost = 0, .gained = 0};
  EXPECT_EQ(paired.drop(), 0);
  EXPECT_GT(paired.drop_interval().high, 0.05);
}

}  // namespace paw::paired_test
