// The body of the depthwise convolution, shared by all tiers.
//
// A register tile is P neighbouring output pixels of one row times NV vectors of channels; each weight vector is loaded
// once and used P times, inputs are memory operands. Pixels whose window leaves the image sideways go one by one. The
// loop over channel blocks is outside the loop over pixels, so that weights stay in the first-level cache and addresses
// are stepped, not computed.
#pragma once

#include "kernels/dwconv/dwconv.h"
#include "kernels/vec/portable.h"

namespace paw::dwconv_detail {

// Distances in floats and clip bounds: everything that a tile needs besides its pointers.
template <class T>
struct Steps {
  long line;   // input: from tap ky to ky + 1
  long tap;    // input: from tap kx to kx + 1
  long pixel;  // input: from output pixel to the next
  long out;    // output: from pixel to the next
  long weights_line;
  typename T::V lo, hi;
};

// Pixels of the wide tile: accumulators, inputs and weights share the registers. A masked load is no memory operand and
// holds a register of its own, but for AVX-512; with 12 of them, clang 19 and gcc 12 keep sums on the stack.
template <class T, int NV, bool Full>
constexpr int tile_pixels() {
  if (T::kLanes > 8) return 12;
  if (T::kLanes < 8 && T::kRegisters >= 32) return 8;
  return T::kLanes < 8 || !Full ? 4 : 12 / NV;
}

// P pixels, NV vectors of which the first `columns` channels exist (Full: all of them). x: input of pixel 0, first tap
// that counts; w: weights of that tap; ny x nx taps count. KW: nx when known at compile time, else 0. WTap: weights
// from a tap of the row to the next.
template <class T, int P, int NV, int KW, bool Full, int WTap = 1>
PAW_INLINE void tile(const Steps<T>& steps, const float* x, const float* bias, const float* w, float* y, int ny, int nx,
                     int columns) {
  using V = typename T::V;
  const long line = steps.line, tap = steps.tap, pixel = steps.pixel, out = steps.out,
             weights_line = steps.weights_line;
  const V lo = steps.lo, hi = steps.hi;
  V acc[P][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V b = T::load(bias + v * T::kLanes);
    PAW_UNROLL for (int p = 0; p < P; ++p) acc[p][v] = b;
  }
  for (int ky = 0; ky < ny; ++ky) {
    const float* xk = x;
    const float* wk = w;
    const auto add_tap = [&]() PAW_INLINE_LAMBDA {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        const V weight = T::load(wk + v * T::kLanes);
        PAW_UNROLL for (int p = 0; p < P; ++p) {
          const float* at = xk + p * pixel + v * T::kLanes;
          acc[p][v] = T::fma(Full ? T::load(at) : T::load_first(at, columns), weight, acc[p][v]);
        }
      }
      xk += tap;
      wk += WTap * kDwBlock;
    };
    if constexpr (KW > 0) {
      PAW_UNROLL for (int kx = 0; kx < KW; ++kx) add_tap();
    } else {
      for (int kx = 0; kx < nx; ++kx) add_tap();
    }
    x += line;
    w += weights_line;
  }
  PAW_UNROLL for (int p = 0; p < P; ++p) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const V result = T::at_most(T::at_least(acc[p][v], lo), hi);
      if constexpr (Full) {
        T::store(y + p * out + v * T::kLanes, result);
      } else {
        T::store_first(y + p * out + v * T::kLanes, result, columns);
      }
    }
  }
}

// One output row: which taps lie inside the image above and below.
struct RowTaps {
  int ky0, ky1;
};

// NV vectors of channels of one output row. x: input row of tap ky0, column 0, first channel; w: weights of tap
// (ky0, 0); y: output row, first channel.
template <class T, int NV, int KW, bool Full>
void row_block(const ConvShape& s, const Steps<T>& steps, RowTaps taps, Range inner, const float* x, const float* bias,
               const float* w, float* y, int channels) {
  constexpr int kWide = tile_pixels<T, NV, Full>();
  const int ny = taps.ky1 - taps.ky0;
  const auto border = [&](long ox) PAW_INLINE_LAMBDA {
    const long ix = ox * s.stride_w - s.pad_left;
    int kx0 = 0, kx1 = s.kernel_w;
    while (kx0 < kx1 && ix + static_cast<long>(kx0) * s.dilation_w < 0) ++kx0;
    while (kx1 > kx0 && ix + static_cast<long>(kx1 - 1) * s.dilation_w >= s.in_w) --kx1;
    const float* from = x + (ix + static_cast<long>(kx0) * s.dilation_w) * s.in_c;
    tile<T, 1, NV, 0, Full>(steps, from, bias, w + kx0 * kDwBlock, y + ox * s.out_c, kx1 > kx0 ? ny : 0, kx1 - kx0,
                            channels);
  };
  long ox = 0;
  for (; ox < inner.begin; ++ox) border(ox);
  const float* from = x + (ox * s.stride_w - s.pad_left) * s.in_c;
  float* to = y + ox * s.out_c;
  for (; ox + kWide <= inner.end; ox += kWide) {
    tile<T, kWide, NV, KW, Full>(steps, from, bias, w, to, ny, s.kernel_w, channels);
    from += kWide * steps.pixel;
    to += kWide * steps.out;
  }
  for (; ox + 3 <= inner.end; ox += 3) {
    tile<T, 3, NV, KW, Full>(steps, from, bias, w, to, ny, s.kernel_w, channels);
    from += 3 * steps.pixel;
    to += 3 * steps.out;
  }
  for (; ox < inner.end; ++ox) {
    tile<T, 1, NV, KW, Full>(steps, from, bias, w, to, ny, s.kernel_w, channels);
    from += steps.pixel;
    to += steps.out;
  }
  for (; ox < s.out_w; ++ox) border(ox);
}

template <class T, int KW>
void output_row(const DwconvF32& params, RowTaps taps, const float* x, const float* packed, float* y) {
  const ConvShape& s = params.shape;
  const long block_floats = (static_cast<long>(s.kernel_h) * s.kernel_w + 1) * kDwBlock;
  const long weights_line = static_cast<long>(s.kernel_w) * kDwBlock;
  const Steps<T> steps{static_cast<long>(s.dilation_h) * s.in_w * s.in_c,
                       static_cast<long>(s.dilation_w) * s.in_c,
                       static_cast<long>(s.stride_w) * s.in_c,
                       s.out_c,
                       weights_line,
                       T::set(params.min),
                       T::set(params.max)};
  const Range inner = conv_inner_columns(s);
  const float* first = x + static_cast<long>(taps.ky0) * steps.line;
  constexpr int kVectors = 2 * T::kLanes <= kDwBlock ? 2 : 1;  // of one packed block
  constexpr int kPair = kVectors * T::kLanes;
  for (long c = 0; c < s.in_c;) {
    const float* block = packed + c / kDwBlock * block_floats + c % kDwBlock;
    const float* w = block + kDwBlock + taps.ky0 * weights_line;
    const long left = s.in_c - c;
    if (left >= kPair) {
      row_block<T, kVectors, KW, true>(s, steps, taps, inner, first + c, block, w, y + c, kPair);
      c += kPair;
    } else if (left >= T::kLanes) {
      row_block<T, 1, KW, true>(s, steps, taps, inner, first + c, block, w, y + c, T::kLanes);
      c += T::kLanes;
    } else {
      row_block<T, 1, 0, false>(s, steps, taps, inner, first + c, block, w, y + c, static_cast<int>(left));
      c = s.in_c;
    }
  }
}

// Channel multiplier above one: one output channel at a time. x: input row of tap ky = 0 (never read outside the
// image).
PAW_INLINE void output_row_multiplied(const DwconvF32& params, RowTaps taps, const float* x, const float* packed,
                                      float* y) {
  const ConvShape& s = params.shape;
  const long multiplier = s.out_c / s.in_c;
  const long block_floats = (static_cast<long>(s.kernel_h) * s.kernel_w + 1) * kDwBlock;
  for (long ox = 0; ox < s.out_w; ++ox) {
    for (long o = 0; o < s.out_c; ++o) {
      const float* w = packed + o / kDwBlock * block_floats + o % kDwBlock;
      float sum = w[0];
      for (int ky = taps.ky0; ky < taps.ky1; ++ky) {
        const float* line = x + static_cast<long>(ky) * s.dilation_h * s.in_w * s.in_c + o / multiplier;
        for (int kx = 0; kx < s.kernel_w; ++kx) {
          const long ix = ox * s.stride_w + static_cast<long>(kx) * s.dilation_w - s.pad_left;
          if (ix < 0 || ix >= s.in_w) continue;
          sum += line[ix * s.in_c] * w[(static_cast<long>(ky) * s.kernel_w + kx + 1) * kDwBlock];
        }
      }
      sum = sum < params.min ? params.min : sum;
      y[ox * s.out_c + o] = sum > params.max ? params.max : sum;
    }
  }
}

template <class T>
void dwconv(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  const ConvShape& s = params.shape;
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const long n = unit / s.out_h;
    const long iy = unit % s.out_h * s.stride_h - s.pad_top;
    RowTaps taps{0, s.kernel_h};
    while (taps.ky0 < taps.ky1 && iy + static_cast<long>(taps.ky0) * s.dilation_h < 0) ++taps.ky0;
    while (taps.ky1 > taps.ky0 && iy + static_cast<long>(taps.ky1 - 1) * s.dilation_h >= s.in_h) --taps.ky1;
    const float* line = x + (n * s.in_h + iy) * s.in_w * s.in_c;
    float* out = y + unit * s.out_w * s.out_c;
    if (s.out_c != s.in_c) {
      output_row_multiplied(params, taps, line, packed, out);
    } else if (s.kernel_w == 3) {
      output_row<T, 3>(params, taps, line, packed, out);
    } else if (s.kernel_w == 5) {
      output_row<T, 5>(params, taps, line, packed, out);
    } else {
      output_row<T, 0>(params, taps, line, packed, out);
    }
  }
}

}  // namespace paw::dwconv_detail
