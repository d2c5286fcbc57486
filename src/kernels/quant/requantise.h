// From a 32-bit sum to an 8-bit result: the ways of rounding, as scalar definitions. Vector kernels agree bit for bit.
// A multiplier stands for multiplier * 2^(shift - 31), 2^30 <= multiplier < 2^31, or is 0.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/vec/portable.h"

namespace paw {

// How a sum is scaled; docs/numerics.md says which runtime does which.
enum class Requantise : std::int32_t {
  kFloat,   // float(sum) * scale, clipped, rounded to nearest even
  kDouble,  // fixed point, rounded twice: the doubled high half of the product, then the shift to the right
  kReal,    // double(sum) * scale, rounded once, halves away from zero
};
inline constexpr int kRequantiseWays = 3;

struct FixedScale {
  std::int32_t multiplier = 0, shift = 0;
};

// The fixed-point form of a positive scale; 0 where it is so small that every 32-bit sum becomes 0.
inline FixedScale fixed_scale(double scale) {
  if (!(scale > 0)) return {};
  int exponent = 0;
  const double mantissa = std::frexp(scale, &exponent);
  auto fixed = static_cast<std::int64_t>(std::round(mantissa * 2147483648.0));
  if (fixed == std::int64_t{1} << 31) {
    fixed /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  return {static_cast<std::int32_t>(fixed), exponent};
}

PAW_INLINE constexpr std::int32_t wrapped(std::int64_t x) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x));
}

// floor((a * b + 2^30) / 2^31), 0 <= b: nearest, ties up.
PAW_INLINE constexpr std::int32_t doubled_high(std::int32_t a, std::int32_t b) {
  return wrapped((static_cast<std::int64_t>(a) * b + (std::int64_t{1} << 30)) >> 31);
}

// x / 2^shift, 0 <= shift <= 31: nearest, ties away from zero. Shifts come out of plans: any bits are harmless.
PAW_INLINE constexpr std::int32_t rounded_shift(std::int32_t x, std::int32_t shift) {
  shift &= 31;
  const std::int32_t mask = wrapped((std::int64_t{1} << shift) - 1);
  const std::int32_t rest = x & mask, half = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> shift) + (rest > half ? 1 : 0);
}

// x * 2^shift, the low 32 bits.
PAW_INLINE constexpr std::int32_t shifted_left(std::int32_t x, std::int32_t shift) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << (shift & 31));
}

// -31 <= s.shift <= 31.
PAW_INLINE constexpr std::int32_t scaled_twice_rounded(std::int32_t x, FixedScale s) {
  const std::int32_t left = s.shift > 0 ? s.shift : 0, right = s.shift > 0 ? 0 : -s.shift;
  return rounded_shift(doubled_high(shifted_left(x, left), s.multiplier), right);
}

// A scale as the bits of a double, the lower half first.
PAW_INLINE double real_scale(FixedScale s) {
  const auto bits = static_cast<std::uint64_t>(static_cast<std::uint32_t>(s.shift)) << 32;
  return __builtin_bit_cast(double, bits | static_cast<std::uint32_t>(s.multiplier));
}

// Far more than any result, and an int32.
inline constexpr double kMostReal = 1 << 30;

PAW_INLINE std::int32_t scaled_real(std::int32_t x, FixedScale s) {
  double v = static_cast<double>(x) * real_scale(s);
  v = v > -kMostReal ? v : -kMostReal;  // also NaN
  v = v < kMostReal ? v : kMostReal;
  const double whole = __builtin_trunc(v), rest = v - whole;
  return static_cast<std::int32_t>(whole) + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0);
}

PAW_INLINE constexpr std::int32_t clamped(std::int32_t x, std::int32_t lo, std::int32_t hi) {
  return x < lo ? lo : x > hi ? hi : x;
}

// Nearest even of a number of magnitude below 2^22, whatever the processor's rounding mode was told.
PAW_INLINE std::int32_t nearest_even(float x) { return static_cast<std::int32_t>(std::nearbyintf(x)); }

// One half added in float, the rest cut off: what some runtimes do with numbers that are not negative.
PAW_INLINE std::int32_t half_added(float x) {
  const float up = x + 0.5f;
  return static_cast<std::int32_t>(up);
}

// The result in [min, max], to which `zero` belongs or not.
struct Quantised {
  std::int32_t zero = 0, min = -128, max = 127;
  bool operator==(const Quantised&) const = default;
};

PAW_INLINE std::int32_t scaled_float(std::int32_t sum, float scale, const Quantised& q) {
  float x = static_cast<float>(sum) * scale;
  const auto lo = static_cast<float>(q.min - q.zero), hi = static_cast<float>(q.max - q.zero);
  x = x > lo ? x : lo;  // also NaN
  x = x < hi ? x : hi;
  return nearest_even(x) + q.zero;
}

}  // namespace paw
