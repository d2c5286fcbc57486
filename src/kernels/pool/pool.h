// Max and average pooling in float32, NHWC. Work unit: one output row (of one image).
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

// Trivially copyable: stored in plans.
struct PoolF32 {
  std::int32_t batch = 1;
  std::int32_t in_h = 1, in_w = 1, channels = 1;
  std::int32_t out_h = 1, out_w = 1;
  std::int32_t kernel_h = 1, kernel_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t pad_top = 0, pad_left = 0;
  std::int32_t count_padding = 0;  // average: 1 divides by the whole window, 0 by its pixels inside the image
};

constexpr std::int64_t pool_units(const PoolF32& p) { return static_cast<std::int64_t>(p.batch) * p.out_h; }

// max_pool: NaN wherever the window holds one; of zeros of both signs the first wins. A window wholly outside the image
// gives -infinity, avg_pool of one NaN; no graph makes such a window.
using PoolF32Fn = void (*)(const PoolF32& params, const float* x, float* y, Range units);

// Gradients: dx of the image from dy of the result; `x` for the maximum only. Work unit: one row of dx. The gradient of
// the maximum goes to the first maximum of its window in row-major order, as the op's reference says.
constexpr std::int64_t pool_grad_units(const PoolF32& p) { return static_cast<std::int64_t>(p.batch) * p.in_h; }
using PoolGradF32Fn = void (*)(const PoolF32& params, const float* dy, const float* x, float* dx, Range units);

}  // namespace paw
