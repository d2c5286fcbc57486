// Nearest and bilinear resizing of float32 images, NHWC. Work unit: one output row (of one image).
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

// Source coordinate of output index i; bilinear clamps it to the image. Nearest, in integers: floor((i + 0.5) * in /
// out), floor(i * in / out), and i * (in - 1) / (out - 1) rounded half up.
enum class ResizeGrid : std::int32_t {
  kHalfPixel,     // (i + 0.5) * in / out - 0.5
  kAsymmetric,    // i * in / out
  kAlignCorners,  // i * (in - 1) / (out - 1); 0 when out = 1
};

// Trivially copyable: stored in plans.
struct ResizeF32 {
  std::int32_t batch = 1;
  std::int32_t in_h = 1, in_w = 1, channels = 1;
  std::int32_t out_h = 1, out_w = 1;
  ResizeGrid grid = ResizeGrid::kHalfPixel;
};

constexpr std::int64_t resize_units(const ResizeF32& p) { return static_cast<std::int64_t>(p.batch) * p.out_h; }

// Output index reads input `low` with weight 1 - fraction and, unless fraction is 0, `high` with weight `fraction`.
struct ResizePoint {
  std::int32_t low = 0, high = 0;
  double fraction = 0;
};
ResizePoint nearest_point(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i);
ResizePoint bilinear_point(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i);

// Points that a thread needs as scratch: one per output column.
constexpr std::int64_t resize_scratch_points(const ResizeF32& p) { return p.out_w; }

using ResizeF32Fn = void (*)(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units);

// The gradient of either filter: dx [batch,in_h,in_w,channels] from dy [batch,out_h,out_w,channels]. Work unit: one row
// of dx. Scratch as for the filter.
constexpr std::int64_t resize_grad_units(const ResizeF32& p) { return static_cast<std::int64_t>(p.batch) * p.in_h; }
using ResizePointFn = ResizePoint (*)(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i);
void resize_grad_f32(const ResizeF32& params, ResizePointFn point, const float* dy, float* dx, ResizePoint* scratch,
                     Range units);

}  // namespace paw
