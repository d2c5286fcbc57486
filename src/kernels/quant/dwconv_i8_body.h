// The body of the 8-bit depthwise convolution, shared by all tiers.
//
// Block by block of 16 channels, rows of the image are widened in pairs, less the zero point, zero outside the image,
// and kept while the next output rows read them: each image row is widened once per block and call. A register tile is
// P neighbouring pixels; the weights of a tap of two rows are loaded once for all of them.
#pragma once

#include "kernels/quant/dwconv_i8.h"
#include "kernels/quant/finish.h"

namespace paw::dwconv_i8_detail {

constexpr int kPanel = static_cast<int>(kDwPanel);
constexpr long kNone = -(1L << 40);  // a row that no window reads

struct Depthwise {
  const DwconvI8& p;
  const std::uint8_t* x;
  const std::byte* packed;
  std::uint8_t* y;
  std::int16_t* pairs;  // [pair][column][16][2]
  long* held;           // of each pair: its first image row, counted through all images
  quant_detail::Finish finish;
  long columns;
};

// 16 channels of a pixel, those from `count` on repeated or zero; what they give is never stored.
PAW_INLINE void gather(const ConvShape& s, const std::uint8_t* pixel, long first, int count, std::uint8_t* to) {
  if (s.out_c == s.in_c) {
    __builtin_memcpy(to, pixel + first, static_cast<unsigned long>(count));
    return;
  }
  const long multiplier = s.out_c / s.in_c;
  for (int c = 0; c < count; ++c) to[c] = pixel[(first + c) / multiplier];
}

// Image rows `upper` and `lower` (null: outside) as pairs, output channels [first, first + count).
template <class T>
void widen_pair(const Depthwise& f, const std::uint8_t* upper, const std::uint8_t* lower, long first, int count,
                std::int16_t* to) {
  const ConvShape& s = f.p.shape;
  const bool is_signed = f.p.x_signed != 0, direct = count == kPanel && s.out_c == s.in_c;
  alignas(16) std::uint8_t nothing[kPanel], above[kPanel], below[kPanel];
  __builtin_memset(nothing, f.p.x_zero & 0xFF, kPanel);
  __builtin_memset(above, f.p.x_zero & 0xFF, kPanel);
  __builtin_memset(below, f.p.x_zero & 0xFF, kPanel);
  const long begin = s.pad_left < f.columns ? s.pad_left : f.columns;
  const long end = begin + s.in_w < f.columns ? begin + s.in_w : f.columns;
  __builtin_memset(to, 0, static_cast<unsigned long>(begin) * kPanel * 4);
  to += begin * kPanel * 2;
  for (long column = begin; column < end; ++column, to += kPanel * 2) {
    const long at = (column - s.pad_left) * s.in_c;
    const std::uint8_t* a = nothing;
    const std::uint8_t* b = nothing;
    if (direct) {
      if (upper != nullptr) a = upper + at + first;
      if (lower != nullptr) b = lower + at + first;
    } else {
      if (upper != nullptr) gather(s, upper + at, first, count, above);
      if (lower != nullptr) gather(s, lower + at, first, count, below);
      a = above;
      b = below;
    }
    T::interleave16(a, b, to, is_signed, f.p.x_zero);
  }
  __builtin_memset(to, 0, static_cast<unsigned long>(f.columns - end) * kPanel * 4);
}

// P pixels from `at` (the first tap of the first pixel in pair 0) with the taps of all pairs.
template <class T, int P, int NV>
PAW_INLINE void tile(const ConvShape& s, const std::int16_t* const* at, long offset, long pairs,
                     const std::int16_t* weights, const std::int32_t* bias, std::int32_t* sums) {
  using V = typename T::V;
  const long pixel = static_cast<long>(s.stride_w) * kPanel * 2, tap = static_cast<long>(s.dilation_w) * kPanel * 2;
  V acc[P][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V b = T::load(bias + v * T::kLanes);
    PAW_UNROLL for (int p = 0; p < P; ++p) acc[p][v] = b;
  }
  for (long pair = 0; pair < pairs; ++pair) {
    const std::int16_t* x = at[pair] + offset;
    for (int kx = 0; kx < s.kernel_w; ++kx) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        const auto w = T::pairs(weights + v * T::kLanes * 2);
        PAW_UNROLL for (int p = 0; p < P; ++p) {
          acc[p][v] = T::multiply_add(acc[p][v], T::pairs(x + p * pixel + v * T::kLanes * 2), w);
        }
      }
      x += tap;
      weights += kPanel * 2;
    }
  }
  PAW_UNROLL for (int p = 0; p < P; ++p) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) T::store(sums + p * kPanel + v * T::kLanes, acc[p][v]);
  }
}

template <class T, int P>
PAW_INLINE void pixels(const ConvShape& s, const std::int16_t* const* at, long ox, long pairs,
                       const std::int16_t* weights, const std::int32_t* bias, std::int32_t* sums) {
  constexpr int kVectors = T::kLanes == kPanel ? 1 : 2;
  const long offset = ox * s.stride_w * kPanel * 2;
  for (int c = 0; c < kPanel; c += kVectors * T::kLanes) {
    tile<T, P, kVectors>(s, at, offset + 2 * c, pairs, weights + 2 * c, bias + c, sums + c);
  }
}

// The pairs that a window from image row `iy0` (of the image that begins at row `image`) reads, widened.
template <class T>
PAW_INLINE void hold_pairs(const Depthwise& f, long image, long iy0, long first, int count, const std::int16_t** at,
                           long& begin, long& end) {
  const ConvShape& s = f.p.shape;
  const bool paired = dwconv_i8_paired(s);
  const long all = dwconv_i8_pairs(s);
  begin = all;
  end = 0;
  for (long k = 0; k < all; ++k) {
    const long upper = paired ? (iy0 & ~1L) + 2 * k : iy0 + k * s.dilation_h;
    const long lower = paired ? upper + 1 : -1;
    const bool has_upper = upper >= 0 && upper < s.in_h, has_lower = lower >= 0 && lower < s.in_h;
    if (!has_upper && !has_lower) continue;
    begin = k < begin ? k : begin;
    end = k + 1;
    // Rows 2j go to places in turn: pairs that windows share stay where they are.
    const long slot = paired ? ((upper >> 1) % all + all) % all : k;
    std::int16_t* to = f.pairs + slot * f.columns * kPanel * 2;
    at[k] = to;
    if (f.held[slot] == image + upper) continue;
    f.held[slot] = image + upper;
    const std::uint8_t* rows = f.x + image * s.in_w * s.in_c;
    const long line = static_cast<long>(s.in_w) * s.in_c;
    widen_pair<T>(f, has_upper ? rows + upper * line : nullptr, has_lower ? rows + lower * line : nullptr, first, count,
                  to);
  }
}

// One block of channels of one output row.
template <class T>
void output_row(const Depthwise& f, long unit, long block, const std::int16_t** at) {
  constexpr int kWide = T::kLanes == kPanel ? 8 : 4;
  const ConvShape& s = f.p.shape;
  const long first = block * kPanel, left = s.out_c - first;
  const int count = left < kPanel ? static_cast<int>(left) : kPanel;
  const long iy0 = unit % s.out_h * s.stride_h - s.pad_top;
  long begin = 0, end = 0;
  hold_pairs<T>(f, unit / s.out_h * s.in_h, iy0, first, count, at, begin, end);
  const std::byte* packed = f.packed + block * dwconv_i8_block_bytes(s);
  const auto* head = reinterpret_cast<const std::int32_t*>(packed);
  const auto* weights = reinterpret_cast<const std::int16_t*>(packed + kPanelHead);
  if (dwconv_i8_paired(s) && (iy0 & 1) != 0) weights += dwconv_i8_form_numbers(s);
  weights += begin * s.kernel_w * kPanel * 2;
  const long pairs = end > begin ? end - begin : 0;
  std::uint8_t* y = f.y + unit * s.out_w * s.out_c + first;
  std::int32_t sums[kWide * kPanel];
  const auto finish = [&](long ox, long n) PAW_INLINE_LAMBDA {
    quant_detail::finish_rows<T>(f.finish, sums, kPanel, head + kPanel, head + 2 * kPanel, n, count, y + ox * s.out_c,
                                 s.out_c);
  };
  const auto some = [&]<int P>(long ox) PAW_INLINE_LAMBDA {
    pixels<T, P>(s, at + begin, ox, pairs, weights, head, sums);
    finish(ox, P);
  };
  long ox = 0;
  for (; ox + kWide <= s.out_w; ox += kWide) some.template operator()<kWide>(ox);
  if (ox < s.out_w && s.out_w >= kWide) return some.template operator()<kWide>(s.out_w - kWide);  // some pixels twice
  for (; ox + 3 <= s.out_w; ox += 3) some.template operator()<3>(ox);
  for (; ox < s.out_w; ++ox) some.template operator()<1>(ox);
}

template <class T>
void dwconv(const DwconvI8& p, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y, std::int16_t* scratch,
            Range units) {
  const ConvShape& s = p.shape;
  const long all = dwconv_i8_pairs(s), columns = dwconv_i8_columns(s);
  std::int16_t* pairs = scratch;
  long* held = reinterpret_cast<long*>(pairs + all * columns * kPanel * 2);
  const auto** at = reinterpret_cast<const std::int16_t**>(held + all);
  const Depthwise f{p, x, packed, y, pairs, held, {p.way, p.y}, columns};
  for (long block = 0; block < ceil_div(s.out_c, kDwPanel); ++block) {
    for (long k = 0; k < all; ++k) held[k] = kNone;
    for (long unit = units.begin; unit < units.end; ++unit) output_row<T>(f, unit, block, at);
  }
}

}  // namespace paw::dwconv_i8_detail
