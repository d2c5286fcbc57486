#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace paw::random_test {

// Golden values from an independent implementation of the same formula in Python. They must never change: trained
// models are reproduced from them.
TEST(Random, GoldenBits) {
  EXPECT_EQ(random_bits(0, 0, 0), 0x568a9b0b1a2c05ecu);
  EXPECT_EQ(random_bits(0, 0, 1), 0x44e5b8b147ef718bu);
  EXPECT_EQ(random_bits(0, 1, 0), 0x238275bc38fcbe91u);
  EXPECT_EQ(random_bits(1, 0, 0), 0x6ec85f1f8547bc0cu);
  EXPECT_EQ(random_bits(42, 7, 123456789), 0xc681126e0f291e04u);
  EXPECT_EQ(random_bits(~0ull, ~0ull, ~0ull), 0xbf5ce0170453275cu);
}

TEST(Random, GoldenNumbers) {
  EXPECT_EQ(random_uniform(0, 0, 0), 0.33805245419550545);
  EXPECT_EQ(random_uniform(42, 7, 123456789), 0.7754069822978277);
  EXPECT_NEAR(random_normal(0, 0, 0), -0.6052315670989545, 1e-15);
  EXPECT_NEAR(random_normal(42, 7, 123456789), -1.1739533316113102, 1e-15);
}

struct Moments {
  double mean = 0, variance = 0, kurtosis = 0;
};

template <class Draw>
Moments moments(Draw draw) {
  constexpr int kDraws = 50000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw(static_cast<std::uint64_t>(i));
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  Moments m{.mean = sum / kDraws};
  m.variance = squares / kDraws - m.mean * m.mean;
  m.kurtosis = fourth / kDraws / (squares / kDraws * squares / kDraws);
  return m;
}

// Bounds of about four standard errors of 50,000 draws.
TEST(Random, UniformHasTheMomentsOfAUniform) {
  for (const std::uint64_t seed : {0u, 1u, 77u}) {
    const Moments m = moments([&](std::uint64_t i) { return random_uniform(seed, 3, i); });
    EXPECT_NEAR(m.mean, 0.5, 0.006);
    EXPECT_NEAR(m.variance, 1.0 / 12, 0.0015);
  }
}

TEST(Random, NormalHasTheMomentsOfANormal) {
  for (const std::uint64_t seed : {0u, 1u, 77u}) {
    const Moments m = moments([&](std::uint64_t i) { return random_normal(seed, 3, i); });
    EXPECT_NEAR(m.mean, 0.0, 0.018);
    EXPECT_NEAR(m.variance, 1.0, 0.026);
    EXPECT_NEAR(m.kurtosis, 3.0, 0.09);
  }
}

TEST(Random, UniformStaysInItsRange) {
  Random random(5);
  for (int i = 0; i < 20000; ++i) {
    const double u = random.uniform(-2, 3);
    ASSERT_GE(u, -2);
    ASSERT_LT(u, 3);
    ASSERT_TRUE(std::isfinite(random.normal()));
  }
}

TEST(Random, NeighbouringTriplesAreUncorrelated) {
  const auto correlation = [](auto a, auto b) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 20000; ++i) sum += (a(i) - 0.5) * (b(i) - 0.5);
    return sum / 20000 * 12;
  };
  const auto base = [](std::uint64_t i) { return random_uniform(9, 4, i); };
  EXPECT_NEAR(correlation(base, [](std::uint64_t i) { return random_uniform(9, 4, i + 1); }), 0, 0.03);
  EXPECT_NEAR(correlation(base, [](std::uint64_t i) { return random_uniform(9, 5, i); }), 0, 0.03);
  EXPECT_NEAR(correlation(base, [](std::uint64_t i) { return random_uniform(10, 4, i); }), 0, 0.03);
}

TEST(Random, EveryBitIsSetHalfOfTheTime) {
  std::array<int, 64> set{};
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint64_t bits = random_bits(1, 2, i);
    for (std::size_t b = 0; b < 64; ++b) set[b] += static_cast<int>(bits >> b & 1);
  }
  for (const int count : set) EXPECT_NEAR(count, 5000, 250);
}

TEST(Random, SequenceIsTheCounterFunction) {
  Random random(8, 2);
  EXPECT_EQ(random.bits(), random_bits(8, 2, 0));
  EXPECT_EQ(random.uniform(), random_uniform(8, 2, 1));
  EXPECT_EQ(random.normal(), random_normal(8, 2, 2));
  EXPECT_EQ(random.below(10), random_bits(8, 2, 3) % 10);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.below(7));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
}

}  // namespace paw::random_test
