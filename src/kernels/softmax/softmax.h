// Softmax and its logarithm in float32 over one axis of [outer, axis, inner]. y may be x.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kSoftmaxColumns = 16;  // lines of a work unit when they are not contiguous

// Trivially copyable: stored in plans.
struct SoftmaxF32 {
  std::int64_t outer = 1, axis = 1, inner = 1;
  std::int32_t log = 0;  // 1: log_softmax
  std::int32_t reserved = 0;
};

// inner = 1: a unit is one line; else kSoftmaxColumns neighbouring ones.
constexpr std::int64_t softmax_units(const SoftmaxF32& p) { return p.outer * ceil_div(p.inner, kSoftmaxColumns); }

using SoftmaxF32Fn = void (*)(const SoftmaxF32& params, const float* x, float* y, Range units);

// loss[row] = -sum target' log_probabilities, target' = target (1 - smoothing) + sum(target) smoothing / classes; a
// class of target' 0 does not count, whatever its probability. Work unit: a row.
struct CrossEntropyF32 {
  std::int64_t rows = 1, classes = 1;
  double smoothing = 0;
};
void cross_entropy_f32(const CrossEntropyF32& params, const float* log_probabilities, const float* target, float* loss,
                       Range units);

}  // namespace paw
