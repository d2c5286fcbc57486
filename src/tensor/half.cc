#include "tensor/half.h"

#include <bit>
#include <cmath>

namespace paw {

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1Fu;
  const std::uint32_t mantissa = half & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return sign ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

std::uint16_t double_to_half(double value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000u : 0u;
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7E00u);
  if (magnitude >= 65520.0) return static_cast<std::uint16_t>(sign | 0x7C00u);  // half way past 65504
  if (magnitude == 0) return sign;                                              // frexp knows no exponent of zero
  int exponent = 0;
  std::frexp(magnitude, &exponent);  // magnitude = m * 2^exponent, m in [0.5, 1)
  // The spacing of halfs at this magnitude is 2^(exponent - 11), at least 2^-24 (subnormals).
  const int step = exponent - 11 < -24 ? -24 : exponent - 11;
  const double units = std::nearbyint(std::ldexp(magnitude, -step));
  const auto whole = static_cast<std::uint32_t>(units);
  // For normals, units is in [1024, 2048] and the carry into the exponent happens by addition.
  if (step == -24) return static_cast<std::uint16_t>(sign | whole);
  return static_cast<std::uint16_t>(sign | ((static_cast<std::uint32_t>(step + 24) << 10) + whole));
}

float bfloat16_to_float(std::uint16_t value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16); }

std::uint16_t float_to_bfloat16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((word >> 16) | 0x40u);
  return static_cast<std::uint16_t>((word + 0x7FFFu + ((word >> 16) & 1u)) >> 16);
}

// Rounding to float first and to bfloat16 then would round twice. Rounding to odd in between keeps what the second
// rounding needs to know: on which side of a tie the value lies (Boldo and Melquiond 2008).
std::uint16_t double_to_bfloat16(double value) {
  const auto nearest = static_cast<float>(value);
  const auto word = std::bit_cast<std::uint32_t>(nearest);
  const double back = nearest;
  if (std::isnan(value) || std::isinf(nearest) || back == value || (word & 1u) != 0) return float_to_bfloat16(nearest);
  const bool too_large = std::fabs(back) > std::fabs(value);
  return float_to_bfloat16(std::bit_cast<float>(too_large ? word - 1 : word + 1));
}

}  // namespace paw
