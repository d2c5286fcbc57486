// Depthwise convolution in float32, forward. Images NHWC, weights [1,KH,KW,C*M] as in the graph; output channel
// c * M + m reads input channel c. Work unit: one output row (of one image).
#pragma once

#include <cstdint>

#include "kernels/conv/conv.h"

namespace paw {

// shape.groups = shape.in_c; the multiplier is out_c / in_c.
struct DwconvF32 {
  ConvShape shape;
  float min = 0, max = 0;  // fused clamp; -inf, +inf: none
};

inline constexpr std::int64_t kDwBlock = 16;  // channels of a packed block

constexpr std::int64_t dwconv_units(const ConvShape& s) { return static_cast<std::int64_t>(s.batch) * s.out_h; }

// Packed weights, per block of 16 output channels: [bias][kernel_h][kernel_w], 16 floats each, zero-filled at the end.
std::int64_t dwconv_packed_floats(const ConvShape& shape);
// bias null: zeros.
void dwconv_pack_f32(const ConvShape& shape, const float* weights, const float* bias, float* packed);

using DwconvF32Fn = void (*)(const DwconvF32& params, const float* x, const float* packed, float* y, Range units);

}  // namespace paw
