#include "host/deflated.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace paw::deflated_test {

TEST(DeflatedTest, SaysHowSmallDataGets) {
  std::vector<std::byte> zeros(1 << 20), noise(1 << 20);
  Random random(1, 2);
  for (std::byte& b : noise) b = static_cast<std::byte>(random.below(256));
  EXPECT_LT(deflated_size(zeros), 2'000u);
  EXPECT_GT(deflated_size(zeros), 500u);
  EXPECT_GE(deflated_size(noise), noise.size());
  EXPECT_LT(deflated_size(noise), noise.size() + 1'000);
  EXPECT_EQ(deflated_size({}), 2u) << "an empty stream";
}

}  // namespace paw::deflated_test
