#include "tensor/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace paw::half_test {

constexpr double kInf = std::numeric_limits<double>::infinity();

#ifdef __FLT16_MANT_DIG__  // the compiler's own half type: the independent second opinion

__extension__ typedef _Float16 NativeHalf;

std::uint16_t native_half(double value) { return std::bit_cast<std::uint16_t>(static_cast<NativeHalf>(value)); }

TEST(Half, EveryHalfDecodesLikeTheCompilers) {
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const auto native = static_cast<float>(std::bit_cast<NativeHalf>(bits));
    const float ours = half_to_float(bits);
    if (std::isnan(native)) {
      ASSERT_TRUE(std::isnan(ours)) << i;
    } else {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(ours), std::bit_cast<std::uint32_t>(native)) << i;
    }
  }
}

// Every half, every tie between two neighbours, and the doubles on both sides of each.
TEST(Half, EveryHalfAndTieEncodesLikeTheCompilers) {
  const auto check = [](double value) {
    for (const double v : {std::nextafter(value, -kInf), value, std::nextafter(value, kInf)}) {
      ASSERT_EQ(double_to_half(v), native_half(v)) << v;
      ASSERT_EQ(double_to_half(-v), native_half(-v)) << -v;
    }
  };
  for (std::uint16_t bits = 0; bits < 0x7BFF; ++bits) {
    const double low = half_to_float(bits);
    const double high = half_to_float(static_cast<std::uint16_t>(bits + 1));
    check(low);
    check((low + high) / 2);
  }
  check(65504);
  check(65520);
}

TEST(Half, RandomDoublesEncodeLikeTheCompilers) {
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const double v = random_normal(1, 0, i) * std::exp2(random_uniform(1, 1, i) * 60 - 40);
    ASSERT_EQ(double_to_half(v), native_half(v)) << v;
  }
}

#endif

TEST(Half, KnownValues) {
  EXPECT_EQ(double_to_half(0.0), 0x0000);
  EXPECT_EQ(double_to_half(-0.0), 0x8000);
  EXPECT_EQ(double_to_half(1.0), 0x3C00);
  EXPECT_EQ(double_to_half(-2.0), 0xC000);
  EXPECT_EQ(double_to_half(65504.0), 0x7BFF);
  EXPECT_EQ(double_to_half(65519.99), 0x7BFF);
  EXPECT_EQ(double_to_half(65520.0), 0x7C00);
  EXPECT_EQ(double_to_half(-kInf), 0xFC00);
  EXPECT_EQ(double_to_half(0x1p-24), 0x0001);
  EXPECT_EQ(double_to_half(0x1p-25), 0x0000);         // tie to even
  EXPECT_EQ(double_to_half(0x1.000001p-25), 0x0001);  // just above it
  EXPECT_EQ(double_to_half(0x1p-14), 0x0400);         // smallest normal
  EXPECT_EQ(double_to_half(5e-324), 0x0000);
  EXPECT_EQ(half_to_float(0x3555), 0.333251953125f);
  EXPECT_TRUE(std::isnan(half_to_float(double_to_half(std::nan("")))));
  EXPECT_TRUE(std::signbit(half_to_float(0x8000)));
}

TEST(Half, FiniteHalvesSurviveARoundTrip) {
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if ((bits & 0x7C00) == 0x7C00 && (bits & 0x3FF) != 0) continue;  // NaN
    ASSERT_EQ(double_to_half(half_to_float(bits)), bits);
  }
}

TEST(BFloat16, NumbersSurviveARoundTripAndNanStaysNan) {
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const float value = bfloat16_to_float(bits);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(value))));
      ASSERT_TRUE(std::isnan(bfloat16_to_float(double_to_bfloat16(value))));
    } else {
      ASSERT_EQ(float_to_bfloat16(value), bits);
      ASSERT_EQ(double_to_bfloat16(value), bits);
    }
  }
}

// Between two neighbours a < b of the same sign: below the middle gives a, above b, the middle itself the even one.
TEST(BFloat16, EveryTieRoundsToEvenAndOnce) {
  for (std::uint32_t sign : {0u, 0x8000u}) {
    for (std::uint32_t i = 0; i < 0x7F7F; ++i) {
      const auto a = static_cast<std::uint16_t>(sign | i);
      const auto b = static_cast<std::uint16_t>(sign | (i + 1));
      const double middle = (static_cast<double>(bfloat16_to_float(a)) + bfloat16_to_float(b)) / 2;
      ASSERT_EQ(double_to_bfloat16(middle), i % 2 == 0 ? a : b);
      ASSERT_EQ(double_to_bfloat16(std::nextafter(middle, 0.0)), a);
      ASSERT_EQ(double_to_bfloat16(std::nextafter(middle, sign ? -kInf : kInf)), b);
      ASSERT_EQ(float_to_bfloat16(static_cast<float>(middle)), i % 2 == 0 ? a : b);
    }
  }
}

TEST(BFloat16, OverflowGivesInfinity) {
  EXPECT_EQ(double_to_bfloat16(1e300), 0x7F80);
  EXPECT_EQ(double_to_bfloat16(-kInf), 0xFF80);
  EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::max()), 0x7F80);
  EXPECT_EQ(double_to_bfloat16(-0.0), 0x8000);
}

}  // namespace paw::half_test
