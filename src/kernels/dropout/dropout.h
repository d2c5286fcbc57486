// Dropout in training, float32. Work unit: kDropoutUnit elements. y may be x.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kDropoutUnit = 1024;

// Trivially copyable: stored in plans.
struct DropoutF32 {
  std::int64_t count = 1;
  double rate = 0;
  std::int64_t stream = 0;
};

constexpr std::int64_t dropout_units(const DropoutF32& p) { return ceil_div(p.count, kDropoutUnit); }

// seed: {seed, step}. y[i] = x[i] / (1 - rate), or 0 where the mask says so.
void dropout_f32(const DropoutF32& params, const float* x, const std::int64_t* seed, float* y, Range units);

}  // namespace paw
