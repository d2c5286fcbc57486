#include "train/early_stop.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace paw::early_stop_test {

// The epoch after which a training with these validation losses stops; 0: it does not.
std::int64_t stopped_after(const std::vector<double>& losses, std::int64_t patience, BestEpoch& best) {
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i) + 1;
    best.add(number, losses[i]);
    if (best.stop(number, patience)) return number;
  }
  return 0;
}

TEST(BestEpoch, IsTheFirstWithTheLeastLoss) {
  BestEpoch best;
  EXPECT_EQ(stopped_after({0.5, 0.3, 0.4, 0.3, 0.35}, 0, best), 0);
  EXPECT_EQ(best.epoch, 2);
  EXPECT_EQ(best.loss, 0.3);
}

TEST(BestEpoch, StopsAfterAsManyVainEpochsAsPatienceHas) {
  BestEpoch best;
  EXPECT_EQ(stopped_after({0.5, 0.3, 0.4, 0.31, 0.29, 0.3, 0.3, 0.3, 0.1}, 3, best), 8);
  EXPECT_EQ(best.epoch, 5);
  BestEpoch hasty;
  EXPECT_EQ(stopped_after({0.5, 0.4, 0.4}, 1, hasty), 3);
}

TEST(BestEpoch, NoNumberIsNeverTheBest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BestEpoch best;
  EXPECT_FALSE(best.add(1, nan));
  EXPECT_TRUE(best.add(2, 0.7));
  EXPECT_FALSE(best.add(3, nan));
  EXPECT_EQ(best.epoch, 2);
  BestEpoch none;
  EXPECT_EQ(stopped_after({nan, nan, nan}, 2, none), 2);
  EXPECT_EQ(none.epoch, 0);
}

}  // namespace paw::early_stop_test
