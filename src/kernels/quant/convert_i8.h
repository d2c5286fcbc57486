// Between float32 and 8-bit elements, and resizing of 8-bit images.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "kernels/quant/requantise.h"
#include "kernels/resize/resize.h"

namespace paw {

// y = round(x / scale) + zero, saturated; NaN: stored 0. kFloat: times the reciprocal, rounded to nearest even; else
// divided, halves away from zero. Trivially copyable, as all here: stored in plans.
struct QuantiseI8 {
  std::int64_t count = 1;
  std::int64_t unit = kElementUnit;
  Quantised y;
  Requantise way = Requantise::kFloat;
  float scale = 1;  // kFloat: the reciprocal
  std::int32_t reserved = 0;
};
constexpr std::int64_t quantise_i8_units(const QuantiseI8& p) { return ceil_div(p.count, p.unit); }
using QuantiseI8Fn = void (*)(const QuantiseI8& params, const float* x, std::uint8_t* y, Range units);

// y = (x - zero) * scale.
struct DequantiseI8 {
  std::int64_t count = 1;
  std::int64_t unit = kElementUnit;
  std::int32_t zero = 0;
  std::int32_t is_signed = 1;
  float scale = 1;
  std::int32_t reserved = 0;
};
constexpr std::int64_t dequantise_i8_units(const DequantiseI8& p) { return ceil_div(p.count, p.unit); }
using DequantiseI8Fn = void (*)(const DequantiseI8& params, const std::uint8_t* x, float* y, Range units);

// How bilinear weights are rounded.
enum class ResizeI8Way : std::int32_t {
  kNearest,
  kEleven,  // weights of 11 bits, one rounding of the sum, halves up
  kTen,     // coordinates of 10 bits, halves away from zero
  kFloat,   // floats, one half added and cut off (u8)
};
inline constexpr int kResizeI8Ways = static_cast<int>(ResizeI8Way::kFloat) + 1;

// Work unit: one output row.
struct ResizeI8 {
  ResizeF32 image;
  ResizeI8Way way = ResizeI8Way::kNearest;
  std::int32_t is_signed = 1;
};

// What output index `i` of an axis reads: low with weight 1 - w, high with w; w as an integer or a float.
struct ResizePointI8 {
  std::int32_t low = 0, high = 0;
  std::int32_t weight = 0;
  float fraction = 0;
};
ResizePointI8 resize_point_i8(ResizeI8Way way, ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i);

using ResizeI8Fn = void (*)(const ResizeI8& params, const std::uint8_t* x, std::uint8_t* y, ResizePointI8* scratch,
                            Range units);

}  // namespace paw
