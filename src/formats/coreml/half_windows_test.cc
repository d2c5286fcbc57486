#include "formats/coreml/half_windows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "tensor/half.h"

namespace paw::half_windows_test {

std::vector<std::uint16_t> rounded(const std::vector<float>& row) {
  std::vector<std::uint16_t> half(row.size());
  coreml::round_windows_to_half(row, row.size(), half);
  return half;
}

struct Errors {
  double sum = 0, squares = 0;
};
template <class F>
Errors errors_of(const std::vector<float>& row, const F& rounded_at) {
  Errors e;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double error = static_cast<double>(rounded_at(i)) - row[i];
    e.sum += error;
    e.squares += error * error;
  }
  return e;
}

TEST(HalfWindows, ErrorsAddUpToNearlyNothingAndAreHardlyLarger) {
  for (const std::size_t size : {9u, 25u, 96u, 1280u}) {
    double sums = 0, nearest_sums = 0, squares = 0, nearest_squares = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      std::vector<float> row(size);
      for (std::size_t i = 0; i < size; ++i) row[i] = static_cast<float>(0.1 * random_normal(seed, 0, i));
      const auto half = rounded(row);
      const Errors ours = errors_of(row, [&](std::size_t i) { return half_to_float(half[i]); });
      const Errors nearest = errors_of(row, [&](std::size_t i) { return half_to_float(double_to_half(row[i])); });
      sums += std::abs(ours.sum), nearest_sums += std::abs(nearest.sum);
      squares += ours.squares, nearest_squares += nearest.squares;
      for (std::size_t i = 0; i < size; ++i) {
        const double step = std::max(std::ldexp(1.0, std::ilogb(std::abs(row[i])) - 10), 0x1p-24);
        EXPECT_LE(std::abs(half_to_float(half[i]) - row[i]), step) << "not a neighbour";
      }
    }
    EXPECT_LT(sums, 0.25 * nearest_sums) << size;
    EXPECT_LT(squares, 1.6 * nearest_squares) << size;
  }
}

TEST(HalfWindows, EachWindowIsItsOwn) {
  std::vector<float> row(18);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(0.1 * random_normal(1, 0, i));
  std::vector<std::uint16_t> both(18);
  coreml::round_windows_to_half(row, 9, both);
  const auto first = rounded({row.begin(), row.begin() + 9}), second = rounded({row.begin() + 9, row.end()});
  EXPECT_TRUE(std::equal(first.begin(), first.end(), both.begin()));
  EXPECT_TRUE(std::equal(second.begin(), second.end(), both.begin() + 9));
}

TEST(HalfWindows, WhatFloat16HoldsStays) {
  const std::vector<float> row{0.5F, -0.25F, 0.0F, -0.0F, 65504.0F, 6.103515625e-05F, 5.9604645e-08F};
  const auto half = rounded(row);
  for (std::size_t i = 0; i < row.size(); ++i) {
    EXPECT_EQ(half_to_float(half[i]), row[i]);
    EXPECT_EQ(std::signbit(half_to_float(half[i])), std::signbit(row[i]));
  }
}

TEST(HalfWindows, NumbersThatLeaveFloat16AreRoundedByThemselves) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto half = rounded({1e6F, -kInfinity, std::nanf(""), 65510.0F, -1e-9F, 0.1F});
  EXPECT_EQ(half_to_float(half[0]), kInfinity);
  EXPECT_EQ(half_to_float(half[1]), -kInfinity);
  EXPECT_TRUE(std::isnan(half_to_float(half[2])));
  EXPECT_EQ(half_to_float(half[3]), 65504.0F);
  EXPECT_LE(std::abs(half_to_float(half[4])), 6e-8F);
  EXPECT_NEAR(half_to_float(half[5]), 0.1F, 1e-4F);
}

}  // namespace paw::half_windows_test
