// Pooling, sums and softmax on 8-bit elements.
#pragma once

#include "kernels/pool/pool.h"
#include "kernels/quant/requantise.h"
#include "kernels/reduce/reduce.h"
#include "kernels/softmax/softmax.h"

namespace paw {

// Maximum or average over windows, without the padding, at the operand's own scale. The average of integers is rounded
// to nearest, halves away from zero. Work unit: one output row. Trivially copyable, as all here: stored in plans.
struct PoolI8 {
  PoolF32 window;  // count_padding is not used
  std::int32_t average = 0;
  std::int32_t is_signed = 1;
};
using PoolI8Fn = void (*)(const PoolI8& params, const std::uint8_t* x, std::uint8_t* y, Range units);

// Sums over the middle axis of [outer, reduce, inner], less the zero point, scaled to the result. Work unit: as
// reduce_f32.
struct ReduceI8 {
  std::int64_t outer = 1, reduce = 1, inner = 1;
  Quantised y;
  std::int32_t is_signed = 1;
  std::int32_t x_zero = 0;
  // kFloat: float(sum of x) * scale + offset, rounded to nearest even; else the sum of (x - x_zero) by scale and shift.
  Requantise way = Requantise::kFloat;
  std::int32_t scale = 0, shift = 0;  // bits of a float, or multiplier
  float offset = 0;
  std::int32_t reserved = 0;
};
constexpr std::int64_t reduce_i8_units(const ReduceI8& p) { return p.outer * ceil_div(p.inner, kReduceColumns); }
using ReduceI8Fn = void (*)(const ReduceI8& params, const std::uint8_t* x, std::uint8_t* y, Range units);

// Lines of `axis` neighbouring elements. `table`: for each difference d = 0 to 255 to the line's largest element, e^-d,
// as float (kFloat) or as a fixed-point number below 1 with 31 bits. Work unit: a line.
struct SoftmaxI8 {
  std::int64_t lines = 1, axis = 1;
  Requantise way = Requantise::kFloat;
  std::int32_t is_signed = 1;
  std::int32_t last = 255;  // differences beyond it give the smallest result
  float y_scale = 1.0f / 256;
};
using SoftmaxI8Fn = void (*)(const SoftmaxI8& params, const std::int32_t* table, const std::uint8_t* x, std::uint8_t* y,
                             Range units);

}  // namespace paw
