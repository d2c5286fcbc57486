#include "optimize/quantize/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace paw::histogram_test {

float farthest_of(const std::vector<float>& v) {
  float most = 0;
  for (const float x : v) most = std::max(most, std::abs(x));
  return most;
}

std::vector<std::int64_t> counts_of(const Histogram& h) { return {h.counts().begin(), h.counts().end()}; }

TEST(Histogram, TheOrderOfWhatIsAddedDoesNotMatter) {
  Random random(3);
  std::vector<std::vector<float>> parts(5);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (int k = 0; k < 100; ++k) {
      parts[i].push_back(static_cast<float>(random.uniform(-1, 1) * std::pow(10.0, static_cast<double>(i) - 2)));
    }
  }
  Histogram up, down, joined;
  for (const auto& p : parts) up.add(p, farthest_of(p));
  std::ranges::reverse(parts);
  for (const auto& p : parts) {
    down.add(p, farthest_of(p));
    Histogram one;
    one.add(p, farthest_of(p));
    joined.add(one);
  }
  EXPECT_EQ(up.total(), 500);
  EXPECT_EQ(up.bin_width(), down.bin_width());
  EXPECT_EQ(counts_of(up), counts_of(down));
  EXPECT_EQ(counts_of(up), counts_of(joined));
  EXPECT_GT(counts_of(up).size(), 0u);
}

TEST(Histogram, NumbersLieInTheirBins) {
  Histogram h;
  const std::vector<float> v{-3.0f, -0.001f, 0.0f, 2.9f};
  h.add(v, 3.0f);
  for (const float x : v) {
    const auto bin = static_cast<std::int32_t>(std::floor(x / h.bin_width())) + Histogram::kHalf;
    EXPECT_EQ(h.counts()[static_cast<std::size_t>(bin)], 1) << x;
    EXPECT_NEAR(h.middle(bin), x, h.bin_width());
  }
  EXPECT_LE(h.bin_width(), 3.0 / 1024);
}

TEST(Histogram, ZerosAndTheSmallestNumbersFit) {
  Histogram h;
  const std::vector<float> v{0.0f, 1e-45f, -1e-45f};
  h.add(v, 1e-45f);
  h.add(std::vector<float>{0.0f}, 0.0f);
  EXPECT_EQ(h.total(), 4);
  h.add(std::vector<float>{3e38f, -3e38f}, 3e38f);
  EXPECT_EQ(h.total(), 6);
}

}  // namespace paw::histogram_test
