#include "kernels/quant/requantise.h"

#include "kernels/quant/fixed_point.h"
#include "kernels/quant/quant_testing.h"

namespace paw::requantise_test {

TEST(Requantise, FixedScaleIsTheScale) {
  for (const double scale : {1.0, 0.5, 0.0123, 0.99999999999, 3.7, 1e-8, 100.0}) {
    const FixedScale s = fixed_scale(scale);
    EXPECT_NEAR(std::ldexp(static_cast<double>(s.multiplier), s.shift - 31), scale, scale * 1e-9);
    EXPECT_GE(s.multiplier, 1 << 30);
  }
  EXPECT_EQ(fixed_scale(1e-11).multiplier, 0);  // any sum becomes 0
  EXPECT_EQ(fixed_scale(0).multiplier, 0);
  EXPECT_EQ(fixed_scale(-1).multiplier, 0);
}

// 0.5 of odd numbers are halves.
TEST(Requantise, HalvesGoWhereTheyShould) {
  const FixedScale half = fixed_scale(0.5);
  const Quantised q{0, -128, 127};
  for (const std::int32_t x : {-5, -3, -1, 1, 3, 5}) {
    EXPECT_EQ(scaled_float(x, 0.5f, q), static_cast<std::int32_t>(std::nearbyint(x * 0.5)));
    const auto bits = __builtin_bit_cast(std::uint64_t, 0.5);
    EXPECT_EQ(scaled_real(x, {0, static_cast<std::int32_t>(bits >> 32)}),
              static_cast<std::int32_t>(std::round(x * 0.5)));
    // Multiplied exactly, halves up; no shift follows.
    EXPECT_EQ(half.shift, 0);
    EXPECT_EQ(scaled_twice_rounded(x, half), static_cast<std::int32_t>(std::floor(x * 0.5 + 0.5)));
  }
  EXPECT_EQ(rounded_shift(-2, 2), -1);  // away from zero
  EXPECT_EQ(rounded_shift(2, 2), 1);
  EXPECT_EQ(rounded_shift(-1, 2), 0);
}

// Rounding twice: 0.499... of a step may become a whole one.
TEST(Requantise, TwiceRoundedIsWithinOneOfOnce) {
  Random random(7);
  int apart = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double scale = random.uniform(1e-4, 1e-3);
    const auto x = static_cast<std::int32_t>(random.uniform(-1e5, 1e5));
    const auto once = static_cast<std::int32_t>(std::round(x * scale));
    const std::int32_t twice = scaled_twice_rounded(x, fixed_scale(scale));
    ASSERT_LE(std::abs(once - twice), 1);
    apart += once != twice ? 1 : 0;
  }
  EXPECT_LT(apart, 2'000);
}

TEST(Requantise, ExponentialWithinItsBits) {
  for (std::int32_t i = 0; i < 1000; ++i) {
    const double x = -i / 40.0;
    const auto raw = static_cast<std::int32_t>(std::lround(x * (1 << 26)));
    const double got = fixed_point::exp_of_negative(raw, 5) / 2147483648.0;
    EXPECT_NEAR(got, std::exp(x), 3e-7) << x;
  }
}

TEST(Requantise, AnyBitsAreHarmless) {
  Random random(8);
  for (int i = 0; i < 100'000; ++i) {
    const auto word = [&] { return static_cast<std::int32_t>(random.bits()); };
    const FixedScale s{word(), word()};
    scaled_twice_rounded(word(), s);
    scaled_real(word(), s);
    scaled_float(word(), __builtin_bit_cast(float, word()), {0, -128, 127});
    int over = 0;
    fixed_point::reciprocal(word() | 1, 12, over);
  }
}

}  // namespace paw::requantise_test
