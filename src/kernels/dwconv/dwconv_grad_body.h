// The bodies of the depthwise gradients, shared by all tiers.
//
// dx: pixels of a row whose distance is a multiple of the stride read the same taps; each such phase is a convolution
// of dy by the register tile of the forward pass, with the taps in falling order. dw: a vector of sums per tap of one
// row of the window, over the pixels of an output row.
#pragma once

#include "kernels/dwconv/dwconv_body.h"

namespace paw::dwconv_detail {

inline constexpr float kNoBias[kDwBlock] = {};

// The taps ky = first, first + stride_h, ... that row iy of dx reads, and the row of dy that the first one reads.
struct GradRows {
  long first, count, oy;
};

PAW_INLINE GradRows grad_rows(const ConvShape& s, long iy) {
  long ky = (iy + s.pad_top) % s.stride_h;
  long oy = (iy + s.pad_top - ky) / s.stride_h;
  if (oy >= s.out_h) {
    ky += (oy - s.out_h + 1) * s.stride_h;
    oy = s.out_h - 1;
  }
  long count = ky < s.kernel_h ? (s.kernel_h - ky + s.stride_h - 1) / s.stride_h : 0;
  if (count > oy + 1) count = oy + 1;
  return {ky, count, oy};
}

// One phase of a row of dx: pixels ix = first, first + Stride, ... read taps kx = phase, phase + Stride, ...
template <class T, int NV, int NX, bool Full, int Stride>
void grad_phase(const ConvShape& s, const Steps<T>& steps, long ny, long phase, const float* dy, const float* w,
                float* dx, int channels) {
  constexpr int kWide = tile_pixels<T, NV, Full>();
  const long taps = phase < s.kernel_w ? (s.kernel_w - phase + Stride - 1) / Stride : 0;
  const long first = ((phase - s.pad_left) % Stride + Stride) % Stride;
  const long shift = (first + s.pad_left - phase) / Stride;  // pixel i reads dy at i + shift, i + shift - 1, ...
  const long pixels = s.in_w > first ? (s.in_w - first + Stride - 1) / Stride : 0;
  w += phase * kDwBlock;
  dx += first * s.in_c;
  const auto border = [&](long i) PAW_INLINE_LAMBDA {
    const long q = i + shift;
    const long t0 = q >= s.out_w ? q - s.out_w + 1 : 0, t1 = q + 1 < taps ? q + 1 : taps;
    const bool any = t1 > t0;
    tile<T, 1, NV, 0, Full, Stride>(steps, any ? dy + (q - t0) * s.out_c : dy, kNoBias,
                                    any ? w + t0 * Stride * kDwBlock : w, dx + i * steps.out,
                                    any ? static_cast<int>(ny) : 0, any ? static_cast<int>(t1 - t0) : 0, channels);
  };
  long inner0 = taps - 1 - shift, inner1 = s.out_w - shift;  // these read every tap
  inner1 = inner1 > pixels ? pixels : inner1 < 0 ? 0 : inner1;
  inner0 = inner0 < 0 ? 0 : inner0 > inner1 ? inner1 : inner0;
  long i = 0;
  for (; i < inner0; ++i) border(i);
  const int rows = static_cast<int>(ny), columns = static_cast<int>(taps);
  for (; i + kWide <= inner1; i += kWide) {
    tile<T, kWide, NV, NX, Full, Stride>(steps, dy + (i + shift) * s.out_c, kNoBias, w, dx + i * steps.out, rows,
                                         columns, channels);
  }
  for (; i < inner1; ++i) {
    tile<T, 1, NV, NX, Full, Stride>(steps, dy + (i + shift) * s.out_c, kNoBias, w, dx + i * steps.out, rows, columns,
                                     channels);
  }
  for (; i < pixels; ++i) border(i);
}

// Picks the number of taps at compile time where it is a usual one.
template <class T, int NV, bool Full, int Stride>
PAW_INLINE void grad_block(const ConvShape& s, const Steps<T>& steps, long ny, const float* dy, const float* w,
                           float* dx, int channels) {
  for (long phase = 0; phase < Stride; ++phase) {
    const long taps = phase < s.kernel_w ? (s.kernel_w - phase + Stride - 1) / Stride : 0;
    if (Stride == 1 && taps == 5) {
      grad_phase<T, NV, 5, Full, Stride>(s, steps, ny, phase, dy, w, dx, channels);
    } else if (taps == 3) {
      grad_phase<T, NV, 3, Full, Stride>(s, steps, ny, phase, dy, w, dx, channels);
    } else if (Stride == 2 && taps == 2) {
      grad_phase<T, NV, 2, Full, Stride>(s, steps, ny, phase, dy, w, dx, channels);
    } else if (taps == 1) {
      grad_phase<T, NV, 1, Full, Stride>(s, steps, ny, phase, dy, w, dx, channels);
    } else {
      grad_phase<T, NV, 0, Full, Stride>(s, steps, ny, phase, dy, w, dx, channels);
    }
  }
}

// dy: the image's; dx: the row's.
template <class T, int Stride>
void grad_row(const ConvShape& s, long iy, const float* dy, const float* packed, float* dx) {
  const GradRows rows = grad_rows(s, iy);
  const long line = static_cast<long>(s.out_w) * s.out_c;
  const long block_floats = (static_cast<long>(s.kernel_h) * s.kernel_w + 1) * kDwBlock;
  const long weights_line = static_cast<long>(s.kernel_w) * kDwBlock;
  const Steps<T> steps{-line,
                       -static_cast<long>(s.out_c),
                       s.out_c,
                       static_cast<long>(Stride) * s.in_c,
                       weights_line * s.stride_h,
                       T::set(-__builtin_inff()),
                       T::set(__builtin_inff())};
  const float* from = rows.count > 0 ? dy + rows.oy * line : dy;
  constexpr int kVectors = 2 * T::kLanes <= kDwBlock ? 2 : 1;  // of one packed block
  constexpr int kPair = kVectors * T::kLanes;
  for (long c = 0; c < s.in_c;) {
    const float* w = packed + c / kDwBlock * block_floats + c % kDwBlock + kDwBlock;
    if (rows.count > 0) w += rows.first * weights_line;
    const long left = s.in_c - c;
    if (left >= kPair) {
      grad_block<T, kVectors, true, Stride>(s, steps, rows.count, from + c, w, dx + c, kPair);
      c += kPair;
    } else if (left >= T::kLanes) {
      grad_block<T, 1, true, Stride>(s, steps, rows.count, from + c, w, dx + c, T::kLanes);
      c += T::kLanes;
    } else {
      grad_block<T, 1, false, Stride>(s, steps, rows.count, from + c, w, dx + c, static_cast<int>(left));
      c = s.in_c;
    }
  }
}

// Index of the output that reads input `i` through tap `k`; -1: none.
PAW_INLINE long reader_of(long i, long k, long pad, long stride, long dilation, long outputs) {
  const long at = i + pad - k * dilation;
  return at < 0 || at % stride != 0 || at / stride >= outputs ? -1 : at / stride;
}

// Any dilation, stride and multiplier, an element at a time.
PAW_INLINE void grad_row_of_any(const ConvShape& s, long iy, const float* dy, const float* packed, float* dx) {
  const long multiplier = s.out_c / s.in_c;
  const long block_floats = (static_cast<long>(s.kernel_h) * s.kernel_w + 1) * kDwBlock;
  for (long i = 0; i < static_cast<long>(s.in_w) * s.in_c; ++i) dx[i] = 0.0f;
  for (long ky = 0; ky < s.kernel_h; ++ky) {
    const long oy = reader_of(iy, ky, s.pad_top, s.stride_h, s.dilation_h, s.out_h);
    if (oy < 0) continue;
    for (long ix = 0; ix < s.in_w; ++ix) {
      for (long kx = 0; kx < s.kernel_w; ++kx) {
        const long ox = reader_of(ix, kx, s.pad_left, s.stride_w, s.dilation_w, s.out_w);
        if (ox < 0) continue;
        const float* from = dy + (oy * s.out_w + ox) * s.out_c;
        const float* w = packed + (ky * s.kernel_w + kx + 1) * kDwBlock;
        for (long o = 0; o < s.out_c; ++o) {
          dx[ix * s.in_c + o / multiplier] += from[o] * w[o / kDwBlock * block_floats + o % kDwBlock];
        }
      }
    }
  }
}

template <class T>
void grad_input(const ConvShape& s, const float* dy, const float* packed, float* dx, Range units) {
  const bool plain = s.out_c == s.in_c && s.dilation_h == 1 && s.dilation_w == 1;
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const long n = unit / s.in_h, iy = unit % s.in_h;
    const float* from = dy + n * s.out_h * s.out_w * s.out_c;
    float* to = dx + unit * s.in_w * s.in_c;
    if (plain && s.stride_w == 1) {
      grad_row<T, 1>(s, iy, from, packed, to);
    } else if (plain && s.stride_w == 2) {
      grad_row<T, 2>(s, iy, from, packed, to);
    } else {
      grad_row_of_any(s, iy, from, packed, to);
    }
  }
}

// Sums of KW neighbouring taps, starting with tap `kx`, over the pixels of one output row. x: the input row, dy: the
// output row, sums: of tap kx, all at the first channel of NV vectors.
template <class T, int NV, int KW, bool Full>
PAW_INLINE void weight_sums(const ConvShape& s, long kx, const float* x, const float* dy, float* sums, int lanes) {
  using V = typename T::V;
  const long tap = static_cast<long>(s.dilation_w) * s.in_c, reach = (KW - 1) * static_cast<long>(s.dilation_w);
  const long start = kx * s.dilation_w - s.pad_left;  // pixel of output 0 and the first tap
  V acc[KW][NV];
  const auto load = [&](const float* p) PAW_INLINE_LAMBDA { return Full ? T::load(p) : T::load_first(p, lanes); };
  PAW_UNROLL for (int k = 0; k < KW; ++k) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) acc[k][v] = load(sums + k * s.out_c + v * T::kLanes);
  }
  const auto border = [&](long ox) PAW_INLINE_LAMBDA {
    const long ix = ox * s.stride_w + start;
    PAW_UNROLL for (int k = 0; k < KW; ++k) {
      const long at = ix + k * static_cast<long>(s.dilation_w);
      if (at < 0 || at >= s.in_w) continue;
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        acc[k][v] = T::fma(load(dy + ox * s.out_c + v * T::kLanes), load(x + at * s.in_c + v * T::kLanes), acc[k][v]);
      }
    }
  };
  const long last = s.in_w - 1 - reach - start;
  long inner0 = start >= 0 ? 0 : (-start + s.stride_w - 1) / s.stride_w;
  long inner1 = last < 0 ? 0 : last / s.stride_w + 1;
  inner1 = inner1 > s.out_w ? s.out_w : inner1;
  inner0 = inner0 > inner1 ? inner1 : inner0;
  long ox = 0;
  for (; ox < inner0; ++ox) border(ox);
  const long pixel = static_cast<long>(s.stride_w) * s.in_c;
  const float* from = x + (ox * s.stride_w + start) * s.in_c;
  const float* by = dy + ox * s.out_c;
  for (; ox < inner1; ++ox, from += pixel, by += s.out_c) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const V g = load(by + v * T::kLanes);
      PAW_UNROLL for (int k = 0; k < KW; ++k) acc[k][v] = T::fma(g, load(from + k * tap + v * T::kLanes), acc[k][v]);
    }
  }
  for (; ox < s.out_w; ++ox) border(ox);
  PAW_UNROLL for (int k = 0; k < KW; ++k) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      float* to = sums + k * s.out_c + v * T::kLanes;
      if constexpr (Full) {
        T::store(to, acc[k][v]);
      } else {
        T::store_first(to, acc[k][v], lanes);
      }
    }
  }
}

// One row of taps; sums [kernel_w][out_c].
template <class T, int NV, bool Full>
PAW_INLINE void weight_row(const ConvShape& s, const float* x, const float* dy, float* sums, int lanes) {
  if (s.kernel_w == 3) return weight_sums<T, NV, 3, Full>(s, 0, x, dy, sums, lanes);
  if (s.kernel_w == 5) return weight_sums<T, NV, 5, Full>(s, 0, x, dy, sums, lanes);
  for (long kx = 0; kx < s.kernel_w; ++kx) weight_sums<T, NV, 1, Full>(s, kx, x, dy, sums + kx * s.out_c, lanes);
}

// Multiplier above one: an element at a time.
PAW_INLINE void weight_row_multiplied(const ConvShape& s, const float* x, const float* dy, float* sums) {
  const long multiplier = s.out_c / s.in_c;
  for (long ox = 0; ox < s.out_w; ++ox) {
    for (long kx = 0; kx < s.kernel_w; ++kx) {
      const long ix = ox * s.stride_w + kx * s.dilation_w - s.pad_left;
      if (ix < 0 || ix >= s.in_w) continue;
      for (long o = 0; o < s.out_c; ++o) {
        sums[kx * s.out_c + o] += dy[ox * s.out_c + o] * x[ix * s.in_c + o / multiplier];
      }
    }
  }
}

// Output row `row` (of all images) into sums [kernel_h][kernel_w][out_c].
template <class T>
PAW_INLINE void weight_rows(const ConvShape& s, long row, const float* x, const float* dy, float* sums) {
  const long n = row / s.out_h, top = row % s.out_h * s.stride_h - s.pad_top;
  const long line = static_cast<long>(s.in_w) * s.in_c, taps = static_cast<long>(s.kernel_w) * s.out_c;
  const float* image = x + n * s.in_h * line;
  dy += row * s.out_w * s.out_c;
  constexpr int kPair = 2 * T::kLanes;
  // Channels outside, so that the few pixels' lines serve every row of taps from the first-level cache.
  const auto for_rows = [&](const auto& f) PAW_INLINE_LAMBDA {
    for (long ky = 0; ky < s.kernel_h; ++ky) {
      const long iy = top + ky * s.dilation_h;
      if (iy >= 0 && iy < s.in_h) f(image + iy * line, sums + ky * taps);
    }
  };
  if (s.out_c != s.in_c) {
    for_rows([&](const float* from, float* to) PAW_INLINE_LAMBDA { weight_row_multiplied(s, from, dy, to); });
    return;
  }
  long c = 0;
  for (; c + kPair <= s.in_c; c += kPair) {
    for_rows([&](const float* from, float* to)
                 PAW_INLINE_LAMBDA { weight_row<T, 2, true>(s, from + c, dy + c, to + c, 0); });
  }
  for (; c < s.in_c; c += T::kLanes) {
    const long left = s.in_c - c;
    for_rows([&](const float* from, float* to) PAW_INLINE_LAMBDA {
      if (left >= T::kLanes) {
        weight_row<T, 1, true>(s, from + c, dy + c, to + c, 0);
      } else {
        weight_row<T, 1, false>(s, from + c, dy + c, to + c, static_cast<int>(left));
      }
    });
  }
}

template <class T>
void grad_weights(const DwconvGradWeightsF32& p, const float* x, const float* dy, float* partials, Range units) {
  const ConvShape& s = p.shape;
  const long size = static_cast<long>(s.kernel_h) * s.kernel_w * s.out_c;
  const long rows = static_cast<long>(s.batch) * s.out_h;
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    float* sums = partials + unit * size;
    for (long i = 0; i < size; ++i) sums[i] = 0.0f;
    const long end = (unit + 1) * p.chunk_rows < rows ? (unit + 1) * p.chunk_rows : rows;
    for (long row = unit * p.chunk_rows; row < end; ++row) weight_rows<T>(s, row, x, dy, sums);
  }
}

}  // namespace paw::dwconv_detail
