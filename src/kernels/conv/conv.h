// Convolution and dense layers in float32, forward, on packed panels of 16 output channels. Gradients: conv_grad.h.
//
// All images NHWC, weights OHWI as in the graph. A dense layer is a 1x1 convolution of a 1x1 image.
// Work unit of the forward kernel: `unit_pixels` consecutive output pixels (over the flattened N*H'*W'), all channels;
// or, where pixels are few, one panel of channels of all pixels, so that every weight is read by one thread, once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kConvTile = 6;    // output pixels per micro-kernel call
inline constexpr std::int64_t kConvPanel = 16;  // output channels per packed panel; a last panel of <= 8 is 8 wide

// Trivially copyable: stored in plans.
struct ConvShape {
  std::int32_t batch = 1;
  std::int32_t in_h = 1, in_w = 1, in_c = 1;
  std::int32_t out_h = 1, out_w = 1, out_c = 1;
  std::int32_t kernel_h = 1, kernel_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t dilation_h = 1, dilation_w = 1;
  std::int32_t pad_top = 0, pad_left = 0;
  std::int32_t groups = 1;  // channels of a group are consecutive
};
struct ConvF32 {
  ConvShape shape;
  float min = 0, max = 0;  // fused clamp of the result; -inf, +inf: none
  std::int32_t unit_pixels = kConvTile;
};

constexpr std::int64_t conv_pixels(const ConvShape& s) {
  return static_cast<std::int64_t>(s.batch) * s.out_h * s.out_w;
}
constexpr std::int64_t conv_group_panels(const ConvShape& s) { return ceil_div(s.out_c / s.groups, kConvPanel); }
constexpr bool conv_by_panels(const ConvShape& s) { return conv_pixels(s) <= 64; }
constexpr std::int64_t conv_units(const ConvF32& p) {
  return conv_by_panels(p.shape) ? p.shape.groups * conv_group_panels(p.shape)
                                 : ceil_div(conv_pixels(p.shape), p.unit_pixels);
}

// 1x1, stride 1, no padding: pixel i of the result depends on pixel i of the image alone.
constexpr bool conv_pointwise(const ConvShape& s) {
  return s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.in_h == s.out_h &&
         s.in_w == s.out_w && s.pad_top == 0 && s.pad_left == 0;
}

// The output pixels of a row whose window stays between the left and right edge of the image.
constexpr Range conv_inner_columns(const ConvShape& s) {
  const std::int64_t reach = static_cast<std::int64_t>(s.kernel_w - 1) * s.dilation_w;
  const std::int64_t last = static_cast<std::int64_t>(s.in_w) - 1 - reach + s.pad_left;
  const std::int64_t begin = ceil_div(s.pad_left, s.stride_w);
  const std::int64_t fitting = last < 0 ? 0 : last / s.stride_w + 1;
  const std::int64_t end = fitting < s.out_w ? fitting : s.out_w;
  return {begin < end ? begin : end, end};
}

// Packed weights, per group, per panel: [panel bias][kernel_h][kernel_w][in_c / groups][panel width], zero-filled past
// the last channel. Size in floats, and packing. bias null: zeros.
std::size_t conv_packed_floats(const ConvShape& shape);
void conv_pack_f32(const ConvShape& shape, const float* weights, const float* bias, float* packed);

// The same at run time. Transposed: what conv2d_grad_input reads, input and output channels changed places, as large as
// conv_packed_floats(conv_transposed(shape)). Trivially copyable: stored in plans.
struct ConvPackF32 {
  ConvShape shape;  // of the forward convolution
  std::int32_t transposed = 0;
  std::int32_t has_bias = 0;
};
constexpr ConvShape conv_transposed(ConvShape s) {
  const std::int32_t in = s.in_c;
  s.in_c = s.out_c;
  s.out_c = in;
  return s;
}
// Work unit: a panel.
constexpr std::int64_t conv_pack_units(const ConvPackF32& p) {
  const std::int64_t columns = (p.transposed != 0 ? p.shape.in_c : p.shape.out_c) / p.shape.groups;
  return p.shape.groups * ceil_div(columns, kConvPanel);
}
using ConvPackF32Fn = void (*)(const ConvPackF32& params, const float* weights, const float* bias, float* packed,
                               Range units);

// How the window of a pixel falls into contiguous runs of input: whole kernel rows where channels are few (the stem's
// three), else single taps.
struct ConvSegments {
  bool merged;          // one segment per kernel row
  std::int32_t count;   // per pixel
  std::int32_t length;  // floats in each
};
ConvSegments conv_segments(const ConvShape& shape);
std::int64_t conv_packed_group_floats(const ConvShape& shape);

// Scratch of one thread, in floats: zeros, then row pointers, then patches of border pixels.
struct ConvScratch {
  std::int64_t tiles;          // tiles that share a pass over the weights
  std::int64_t rows, patches;  // where they begin
  std::int64_t floats;         // in all
};
ConvScratch conv_scratch(const ConvShape& shape);

// y[unit's pixels][all channels] = clamp(bias + sum x * w).
using ConvF32Fn = void (*)(const ConvF32& params, const float* x, const float* packed, float* y, float* scratch,
                           Range units);

}  // namespace paw
