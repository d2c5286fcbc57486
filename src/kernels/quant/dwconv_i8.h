// Depthwise convolution on 8-bit elements, exact like conv_i8. Images NHWC, weights [1,KH,KW,C*M]; output channel c * M
// + m reads input channel c. Work unit: one output row (of one image).
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/quant/conv_i8.h"

namespace paw {

// shape.groups = shape.in_c; unit_pixels is not used.
using DwconvI8 = ConvI8;

inline constexpr std::int64_t kDwPanel = 16;  // channels of a packed block

constexpr std::int64_t dwconv_i8_units(const ConvShape& s) { return static_cast<std::int64_t>(s.batch) * s.out_h; }

// Rows of the image are multiplied in pairs. Rows 2j and 2j + 1 are a pair, read by windows that begin in either of
// them: so weights are packed twice, for windows from an even row and from an odd one. Where taps are further than a
// row apart, each row of the window is a pair of its own, with nothing.
constexpr bool dwconv_i8_paired(const ConvShape& s) { return s.dilation_h == 1 && s.kernel_h > 1; }
constexpr std::int64_t dwconv_i8_pairs(const ConvShape& s) {
  return dwconv_i8_paired(s) ? s.kernel_h / 2 + 1 : static_cast<std::int64_t>(s.kernel_h);
}
constexpr std::int64_t dwconv_i8_forms(const ConvShape& s) { return dwconv_i8_paired(s) ? 2 : 1; }
// Per block of 16 output channels: bias, scales, shifts, then [forms][pairs][kernel_w][16][2] weights.
constexpr std::int64_t dwconv_i8_form_numbers(const ConvShape& s) {
  return dwconv_i8_pairs(s) * s.kernel_w * kDwPanel * 2;
}
constexpr std::int64_t dwconv_i8_block_bytes(const ConvShape& s) {
  return kPanelHead + dwconv_i8_forms(s) * dwconv_i8_form_numbers(s) * 2;
}
constexpr std::int64_t dwconv_i8_packed_bytes(const ConvShape& s) {
  return ceil_div(s.out_c, kDwPanel) * dwconv_i8_block_bytes(s);
}
void dwconv_i8_pack(const ConvShape& shape, const ConvI8Weights& from, std::byte* packed);

// Columns of a widened row, from the first tap of the first pixel to the last of the last.
constexpr std::int64_t dwconv_i8_columns(const ConvShape& s) {
  return (static_cast<std::int64_t>(s.out_w) - 1) * s.stride_w +
         (static_cast<std::int64_t>(s.kernel_w) - 1) * s.dilation_w + 1;
}
// Scratch of one thread: widened pairs of rows, 16 channels wide, and which rows they are.
constexpr std::int64_t dwconv_i8_scratch_bytes(const ConvShape& s) {
  return dwconv_i8_pairs(s) * (dwconv_i8_columns(s) * kDwPanel * 4 + 64);
}

using DwconvI8Fn = void (*)(const DwconvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                            std::int16_t* scratch, Range units);

}  // namespace paw
