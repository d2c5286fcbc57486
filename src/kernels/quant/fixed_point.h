// Fixed-point functions as the TensorFlow Lite reference kernels compute them, after the published definitions of
// gemmlowp (B. Jacob and others): a 32-bit integer stands for itself times 2^(integer bits - 31).
#pragma once

#include "kernels/quant/requantise.h"

namespace paw::fixed_point {

inline constexpr std::int32_t kOne = INT32_MAX;  // 1, with no integer bits

// a * b of numbers below 1, ties up; -1 * -1 is the largest number.
PAW_INLINE constexpr std::int32_t times(std::int32_t a, std::int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return kOne;
  return wrapped((static_cast<std::int64_t>(a) * b + (std::int64_t{1} << 30)) >> 31);
}

// x * 2^bits, saturated.
PAW_INLINE constexpr std::int32_t saturating_left(std::int32_t x, int bits) {
  const std::int64_t wide = static_cast<std::int64_t>(x) * (std::int64_t{1} << bits);
  return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : static_cast<std::int32_t>(wide);
}

// (a + b) / 2, halves away from zero.
PAW_INLINE constexpr std::int32_t half_sum(std::int32_t a, std::int32_t b) {
  const std::int64_t sum = static_cast<std::int64_t>(a) + b;
  return static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

// e^x for x in [-1/4, 0), no integer bits: a Taylor series of degree 4 about -1/8.
PAW_INLINE constexpr std::int32_t exp_of_quarter(std::int32_t x) {
  constexpr std::int32_t kExpOfEighth = 1895147668;  // e^(-1/8)
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t t = x + (1 << 28);
  const std::int32_t t2 = times(t, t), t3 = times(t2, t), t4 = times(t2, t2);
  const std::int32_t quartic = rounded_shift(times(rounded_shift(t4, 2) + t3, kThird) + t2, 1);
  return wrapped(static_cast<std::int64_t>(kExpOfEighth) + times(kExpOfEighth, t + quartic));
}

// e^x for x <= 0 with `integer_bits` (at most 5); no integer bits in the result.
PAW_INLINE constexpr std::int32_t exp_of_negative(std::int32_t x, int integer_bits) {
  const int fraction_bits = 31 - integer_bits;
  const std::int32_t quarter = 1 << (fraction_bits - 2), mask = quarter - 1;
  const std::int32_t rest = (x & mask) - quarter;
  std::int32_t result = exp_of_quarter(saturating_left(rest, integer_bits));
  const std::int32_t whole = rest - x;
  // e^(-2^k), k = -2 to 4.
  constexpr std::int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int i = 0; i < 7; ++i) {
    const int exponent = i - 2;
    if (integer_bits > exponent && (whole & (1 << (fraction_bits + exponent))) != 0)
      result = times(result, kFactors[i]);
  }
  return x == 0 ? kOne : result;
}

// 1 / (1 + x) for x in [0, 1): three Newton steps from 48/17 - 32/17 (1 + x) / 2.
PAW_INLINE constexpr std::int32_t one_over_one_plus(std::int32_t x) {
  const std::int32_t denominator = half_sum(x, kOne);
  constexpr std::int32_t k48Over17 = 1515870810, kMinus32Over17 = -1010580540;  // 2 integer bits
  std::int32_t y = wrapped(static_cast<std::int64_t>(k48Over17) + times(denominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int32_t error = wrapped((std::int64_t{1} << 29) - times(denominator, y));
    y = wrapped(static_cast<std::int64_t>(y) + saturating_left(times(y, error), 2));
  }
  return saturating_left(y, 1);
}

// 1 / x for a sum x > 0 with `integer_bits`, as a number in [1/2, 1] to be shifted right by `over` more bits.
PAW_INLINE constexpr std::int32_t reciprocal(std::int32_t x, int integer_bits, int& over) {
  const int zeros = __builtin_clz(static_cast<unsigned>(x));
  over = integer_bits - zeros;
  const auto shifted = static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << zeros) - (1u << 31));
  return one_over_one_plus(shifted);
}

}  // namespace paw::fixed_point
