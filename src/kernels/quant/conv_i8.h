// Convolution and dense layers on 8-bit elements, exact: sum over the window of (x - x_zero) * (w - w_zero), plus bias,
// in 32 bits that wrap; then rounded to the result's scale. Images NHWC, weights OHWI; taps outside the image count as
// zero. Work units as in kernels/conv: pixels, or panels where pixels are few.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv/conv.h"
#include "kernels/quant/requantise.h"

namespace paw {

// Trivially copyable: stored in plans.
struct ConvI8 {
  ConvShape shape;
  Quantised y;
  Requantise way = Requantise::kFloat;
  std::int32_t x_zero = 0;
  std::int32_t x_signed = 1;  // i8, else u8
  std::int32_t unit_pixels = kConvTile;
  std::int32_t reserved = 0;
};

constexpr std::int64_t conv_i8_units(const ConvI8& p) {
  return conv_by_panels(p.shape) ? p.shape.groups * conv_group_panels(p.shape)
                                 : ceil_div(conv_pixels(p.shape), p.unit_pixels);
}

// Per output channel.
struct ChannelScale {
  std::int32_t scale = 0;  // bits of a float (kFloat), the multiplier (kDouble), or half of a double (kReal)
  std::int32_t shift = 0;
};

// Weights as a convolution's lowering knows them: elements less their zero point, in [-255, 255].
struct ConvI8Weights {
  const std::int16_t* weights;  // as in the graph
  const std::int32_t* bias;     // null: zeros
  const ChannelScale* scales;   // one per output channel
};

// Pairs of neighbouring products of one pixel.
constexpr std::int64_t conv_i8_pairs(const ConvShape& s) {
  return ceil_div(static_cast<std::int64_t>(s.kernel_h) * s.kernel_w * (s.in_c / s.groups), 2);
}
// A panel of 16 channels: bias, scales and shifts (16 each), then pairs of weights, [pairs][16][2]. Zeros where there
// is no channel or product.
inline constexpr std::int64_t kPanelHead = 3 * kConvPanel * 4;
constexpr std::int64_t conv_i8_panel_bytes(const ConvShape& s) {
  return kPanelHead + conv_i8_pairs(s) * kConvPanel * 4;
}
constexpr std::int64_t conv_i8_packed_bytes(const ConvShape& s) {
  return s.groups * conv_group_panels(s) * conv_i8_panel_bytes(s);
}
void conv_i8_pack(const ConvShape& shape, const ConvI8Weights& from, std::byte* packed);

// Pixels of a block, whose windows are widened before all panels read them; a multiple of kConvTile.
std::int64_t conv_i8_block(const ConvShape& shape);
// Scratch of one thread: the widened windows of a block.
constexpr std::int64_t conv_i8_row(const ConvShape& s) { return conv_i8_pairs(s) * 2; }  // 16-bit numbers per pixel
inline constexpr std::int64_t kConvOver = 16;  // numbers behind them that may be written
std::int64_t conv_i8_scratch_bytes(const ConvShape& shape);

using ConvI8Fn = void (*)(const ConvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                          std::int16_t* scratch, Range units);

}  // namespace paw
