#include "train/class_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace paw::class_weights_test {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ClassWeights, BalancedOnesMakeClassesCountTheSame) {
  EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{10, 30, 20}), ElementsAre(2, 2.0 / 3, 1));
  EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{5, 5}), ElementsAre(1, 1));
  EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{4, 0, 12}), ElementsAre(2, 0, 2.0 / 3));
  EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{0, 0}), ElementsAre(0, 0));
}

TEST(ClassWeights, WhatIsNoWeightIsRefusedByItsClass) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(check_class_weights(std::vector{0.0, 3.5}, 2));
  for (const double bad : {inf, nan, -1.0}) {
    const Status status = check_class_weights(std::vector{1.0, bad}, 2);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUsage);
    EXPECT_THAT(status.error().message, HasSubstr("class 1 is"));
  }
  EXPECT_THAT(check_class_weights(std::vector{1.0}, 2).error().message, HasSubstr("1 for 2 classes"));
  EXPECT_THAT(check_class_weights(std::vector{0.0, 0.0}, 2).error().message, HasSubstr("all are 0"));
}

TEST(ClassWeights, MixedRowsMixTheWeights) {
  const std::vector<float> rows = {1, 0, 0.25f, 0.75f};
  std::vector<float> weighted(4);
  weigh_targets(std::vector{2.0, 4.0}, rows, weighted);
  EXPECT_THAT(weighted, ElementsAre(2, 0, 0.5f, 3));
}

}  // namespace paw::class_weights_test
