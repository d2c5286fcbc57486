// Batch normalisation in training, float32, over x as [rows, channels] with statistics over the rows, or with constant
// ones. Each statistic
// takes two kernels: one adds up chunks of rows, the other combines the chunks of a channel in double precision and in
// order. Rows are cut into units, and grains of units into chunks: results depend on the cut, never on the threads.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

// Trivially copyable: stored in plans.
struct BatchNormF32 {
  std::int64_t rows = 1;
  std::int32_t channels = 1;
  std::int32_t unit_rows = 1;                             // rows of a work unit, the last unit maybe fewer
  std::int32_t grain = 1;                                 // statistics: units of a chunk; a power of two
  std::int32_t masked = 0;                                // backward: 1 where dy counts only where min < y < max
  float min = -__builtin_inff(), max = __builtin_inff();  // clamp of y, or the mask
  float epsilon = 0;
  std::int32_t frozen = 0;  // backward: 1 where mean and variance are constants
};

inline constexpr std::int64_t kNormHeader = 16;   // floats before the partial sums; the first: rows of a chunk
inline constexpr std::int64_t kNormColumns = 16;  // channels of a unit of the combining kernels
inline constexpr std::int64_t kNormMaxUnitRows = 4096;

// The fewest rows of a chunk: some ten thousand elements, which stay in the second-level cache, but not so many rows
// that a sum of floats loses digits.
constexpr std::int64_t norm_chunk_rows(std::int64_t channels) {
  const std::int64_t rows = 12288 / channels;
  return rows < 32 ? 32 : rows > 512 ? 512 : rows;
}
// The smallest power of two of units that makes a chunk.
constexpr std::int32_t norm_grain(std::int64_t channels, std::int64_t unit_rows) {
  std::int32_t grain = 1;
  while (grain * unit_rows < norm_chunk_rows(channels)) grain *= 2;
  return grain;
}
// Header and [chunks][2][channels], whatever the units.
constexpr std::int64_t norm_partial_floats(std::int64_t rows, std::int64_t channels) {
  return kNormHeader + ceil_div(rows, norm_chunk_rows(channels)) * 2 * channels;
}
constexpr std::int64_t norm_units(const BatchNormF32& p) { return ceil_div(p.rows, p.unit_rows); }
constexpr std::int64_t norm_finish_units(const BatchNormF32& p) { return ceil_div(p.channels, kNormColumns); }

// Mean and sum of squared distances from it, of each chunk: partials [chunks][2][channels]. Ranges begin at grains.
using BnStatsF32Fn = void (*)(const BatchNormF32& params, const float* x, float* partials, Range units);
// gain = scale / sqrt(variance + epsilon); the variance is the biased one.
using BnFinishF32Fn = void (*)(const BatchNormF32& params, const float* partials, const float* scale, float* mean,
                               float* variance, float* gain, Range units);
// y = clamp((x - mean) gain + offset); y may be x.
using BnApplyF32Fn = void (*)(const BatchNormF32& params, const float* x, const float* mean, const float* gain,
                              const float* offset, float* y, Range units);

// What the backward passes read; gain and offset of the forward pass only when masked, as they make the same y again,
// and the gain when frozen.
struct BnGradOperands {
  const float *dy, *x, *mean, *gain, *offset;
};
// Sums of dy and of dy (x - mean) of each chunk: partials [chunks][2][channels]. Ranges begin at grains.
using BnGradStatsF32Fn = void (*)(const BatchNormF32& params, const BnGradOperands& in, float* partials, Range units);
// With r = 1 / sqrt(variance + epsilon): dscale = r sum dy (x - mean), doffset = sum dy, and factors [3][channels]:
// a = scale r, b = -a r dscale / rows, c = -a doffset / rows.
using BnGradFinishF32Fn = void (*)(const BatchNormF32& params, const float* partials, const float* scale,
                                   const float* variance, float* dscale, float* doffset, float* factors, Range units);
// dx = a dy + (b (x - mean) + c), or gain dy when frozen; dx may be dy or x.
using BnGradApplyF32Fn = void (*)(const BatchNormF32& params, const BnGradOperands& in, const float* factors, float* dx,
                                  Range units);

}  // namespace paw
