#include "optimize/palettize/k_means.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace paw::k_means_test {

using testing::ElementsAre;

double error_of(std::span<const float> values, std::span<const float> numbers) {
  double error = 0;
  for (const float v : numbers) error += std::pow(v - values[nearest_value(values, v)], 2);
  return error;
}

TEST(KMeansTest, FewDistinctNumbersAreTheirOwnPalette) {
  const float numbers[] = {3, -1, 3, 0, -1};
  EXPECT_THAT(k_means(numbers, {}, 4), ElementsAre(-1, 0, 3));
  EXPECT_THAT(k_means(numbers, {}, 3), ElementsAre(-1, 0, 3));
  EXPECT_TRUE(k_means({}, {}, 4).empty());
}

TEST(KMeansTest, FindsClustersAndTheirMeans) {
  const float numbers[] = {0, 0.1F, 0.2F, 5, 5.2F, 9};
  const auto values = k_means(numbers, {}, 3);
  ASSERT_EQ(values.size(), 3u);
  EXPECT_FLOAT_EQ(values[0], 0.1F);
  EXPECT_FLOAT_EQ(values[1], 5.1F);
  EXPECT_FLOAT_EQ(values[2], 9);
}

TEST(KMeansTest, WeightsPullTheMeans) {
  const float numbers[] = {0, 1, 10, 11};
  const float weights[] = {3, 1, 1, 0};
  const auto values = k_means(numbers, weights, 2);
  ASSERT_EQ(values.size(), 2u);
  EXPECT_FLOAT_EQ(values[0], 0.25F);
  EXPECT_FLOAT_EQ(values[1], 10);
}

// Clusters of sorted numbers are runs: every way to cut twelve numbers into four of them.
TEST(KMeansTest, NoPaletteIsBetter) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed, 0);
    std::vector<float> numbers(12);
    for (float& v : numbers) v = static_cast<float>(random.uniform(-1, 1));
    std::ranges::sort(numbers);
    double best = HUGE_VAL;
    const auto error = [&](std::size_t begin, std::size_t end) {
      double sum = 0, squares = 0;
      for (std::size_t i = begin; i < end; ++i) {
        sum += numbers[i];
        squares += numbers[i] * numbers[i];
      }
      return squares - sum * sum / static_cast<double>(end - begin);
    };
    for (std::size_t a = 1; a < 10; ++a) {
      for (std::size_t b = a + 1; b < 11; ++b) {
        for (std::size_t c = b + 1; c < 12; ++c)
          best = std::min(best, error(0, a) + error(a, b) + error(b, c) + error(c, 12));
      }
    }
    EXPECT_LE(error_of(k_means(numbers, {}, 4), numbers), best * 1.0001 + 1e-9) << seed;
  }
}

TEST(KMeansTest, FourBitsOfGaussianNumbersReachTheKnownError) {
  std::vector<float> numbers(50'000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(random_normal(1, 2, i));
  const auto values = k_means(numbers, {}, 16);
  EXPECT_EQ(values.size(), 16u);
  // Max 1960, table I: the best 16-level quantiser of a Gaussian has a distortion of 0.009497.
  EXPECT_NEAR(error_of(values, numbers) / static_cast<double>(numbers.size()), 0.009497, 0.0003);
}

}  // namespace paw::k_means_test
