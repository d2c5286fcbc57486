// Entries of a table by index, and its transpose, float32. An index outside means the nearest entry.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kGatherUnit = 4096;  // indices of a work unit of gather
// Entries of the table of a work unit of scatter_add, which reads all indices.
inline constexpr std::int64_t kScatterUnit = 1024;

// Trivially copyable: stored in plans.
struct GatherF32 {
  std::int64_t count = 1;  // indices
  std::int64_t size = 1;   // entries of the table
};

constexpr std::int64_t gather_units(const GatherF32& p) { return ceil_div(p.count, kGatherUnit); }
constexpr std::int64_t scatter_add_units(const GatherF32& p) { return ceil_div(p.size, kScatterUnit); }

// y[i] = table[indices[i]]
void gather_f32(const GatherF32& params, const float* table, const std::int32_t* indices, float* y, Range units);
// y[k] = sum of x[i] where indices[i] is k, in double, in the order of i.
void scatter_add_f32(const GatherF32& params, const float* x, const std::int32_t* indices, float* y, Range units);

}  // namespace paw
