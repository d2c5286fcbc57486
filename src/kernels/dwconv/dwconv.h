// Depthwise convolution in float32, forward and backward. Images NHWC, weights [1,KH,KW,C*M] as in the graph; output
// channel c * M + m reads input channel c. Work unit of the forward pass: one output row (of one image).
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

// The blocks [blocks.begin, blocks.end) alone.
constexpr std::int64_t dwconv_blocks(const ConvShape& s) { return ceil_div(s.out_c, kDwBlock); }
void dwconv_pack_f32(const ConvShape& shape, const float* weights, const float* bias, float* packed, Range blocks);

using DwconvF32Fn = void (*)(const DwconvF32& params, const float* x, const float* packed, float* y, Range units);

// dx from dy, both of the forward pass described by `shape`; the packed bias is ignored. Work unit: one row of dx.
constexpr std::int64_t dwconv_grad_input_units(const ConvShape& s) {
  return static_cast<std::int64_t>(s.batch) * s.in_h;
}
using DwconvGradInputF32Fn = void (*)(const ConvShape& shape, const float* dy, const float* packed, float* dx,
                                      Range units);

// The gradient of the weights by chunks of output rows: partials [chunks][kernel_h][kernel_w][out_c], to be added up.
// Work unit: a chunk.
struct DwconvGradWeightsF32 {
  ConvShape shape;
  std::int32_t chunk_rows = 1;
  std::int32_t reserved = 0;
};
constexpr std::int64_t dwconv_grad_weights_units(const DwconvGradWeightsF32& p) {
  return ceil_div(dwconv_units(p.shape), p.chunk_rows);
}
constexpr std::int64_t dwconv_grad_weights_floats(const DwconvGradWeightsF32& p) {
  return dwconv_grad_weights_units(p) * p.shape.kernel_h * p.shape.kernel_w * p.shape.out_c;
}
using DwconvGradWeightsF32Fn = void (*)(const DwconvGradWeightsF32& params, const float* x, const float* dy,
                                        float* partials, Range units);

}  // namespace paw
