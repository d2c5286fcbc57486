// Functions of two 8-bit operands with NumPy broadcasting, and of one by a table. Work units as in kernels/elementwise.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "kernels/quant/requantise.h"

namespace paw {

enum class BinaryI8Op : std::int32_t {
  kAddShifted,  // (a * a_multiplier + b * b_multiplier + bias) >> shift, + zero, clamped
  kAddTwice,    // both operands scaled to one fine scale, each result rounded twice
  kMul,         // (a - a_zero) * (b - b_zero), then `way`
  kMaximum,
  kMinimum,
};
inline constexpr int kBinaryI8Ops = static_cast<int>(BinaryI8Op::kMinimum) + 1;

// Trivially copyable: stored in plans.
struct BinaryI8 {
  BinaryF32 grid;  // extents, strides, unit
  BinaryI8Op op = BinaryI8Op::kMul;
  Requantise way = Requantise::kFloat;
  Quantised y;
  std::int32_t is_signed = 1;  // operands and result: i8, else u8
  std::int32_t a_zero = 0, b_zero = 0;
  std::int32_t a_multiplier = 0, a_shift = 0;  // kAddTwice: shifts to the right
  std::int32_t b_multiplier = 0, b_shift = 0;  // negative multiplier: a - b
  std::int32_t bias = 0, shift = 0;            // kAddShifted: to the right; kAddTwice: operands to the left
  std::int32_t y_scale = 0, y_shift = 0;       // kMul: bits of a float, or multiplier; kAddTwice: to the right
};

using BinaryI8Fn = void (*)(const BinaryI8& params, const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* y,
                            Range units);

// y = table[x]; `table` has 256 entries.
struct LookupI8 {
  std::int64_t count = 1;
  std::int64_t unit = kElementUnit;
};
constexpr std::int64_t lookup_i8_units(const LookupI8& p) { return ceil_div(p.count, p.unit); }

using LookupI8Fn = void (*)(const LookupI8& params, const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y,
                            Range units);

}  // namespace paw
