// Sum, mean and maximum over the middle axis of [outer, reduce, inner] in float32. Work unit: kReduceColumns
// neighbouring results. Sums go in one order, by blocks of kReduceBlock terms, so that long ones stay accurate.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kReduceColumns = 64;
inline constexpr std::int64_t kReduceBlock = 128;

enum class ReduceOp : std::int32_t { kSum, kMean, kMax };
inline constexpr int kReduceOps = static_cast<int>(ReduceOp::kMax) + 1;

// Trivially copyable: stored in plans.
struct ReduceF32 {
  std::int64_t outer = 1, reduce = 1, inner = 1;
  ReduceOp op = ReduceOp::kSum;
  std::int32_t reserved = 0;
};

constexpr std::int64_t reduce_units(const ReduceF32& p) { return p.outer * ceil_div(p.inner, kReduceColumns); }

// y[outer, inner]; the maximum is NaN where any element is. y must not overlap x.
using ReduceF32Fn = void (*)(const ReduceF32& params, const float* x, float* y, Range units);

// The gradient of the maximum: dy to the elements that equal y, in equal shares. Work unit: one result.
constexpr std::int64_t reduce_max_grad_units(const ReduceF32& p) { return p.outer * p.inner; }
void reduce_max_grad_f32(const ReduceF32& params, const float* dy, const float* x, const float* y, float* dx,
                         Range units);

}  // namespace paw
