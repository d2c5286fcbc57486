// The body of the weight gradient, shared by all tiers: an outer product of 6 output channels by 16 columns of the
// window, summed over a block of pixels in registers.
//
// Both sides are copied into panels first, so that images whose rows lie a power of two apart do not fall into the same
// few lines of the first-level cache: dy of the block once, x one panel at a time.
#pragma once

#include "kernels/conv/conv_body.h"
#include "kernels/conv/conv_grad.h"

namespace paw::conv_detail {

template <class T>
struct GradWeights {
  const ConvShape& shape;
  const float* x;
  const float* dy;
  float* dw;  // partial sums at hand
  ConvColumns columns;
  int group_in, group_out;
  long block;       // pixels
  long row_floats;  // of dw: all columns of an output channel
  const float* zeros;
  const float** rows;  // per pixel of the block
  float* left;         // dy of the block: [6 channels][pixel][6]
  float* right;        // x of the block: [pixel][panel width]
  float* patches;      // [pixel][length], copied windows only
};

// dw[6][NV vectors] (+)= sum over pixels; `rows` and `columns` of them are real.
template <class T, int NV, int MR>
PAW_INLINE void outer(const float* left, const float* right, long pixels, bool fresh, float* dw, long stride, int rows,
                      int columns) {
  using V = typename T::V;
  V acc[MR][NV];
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const int rest = columns - v * T::kLanes;
      const float* from = dw + r * stride + v * T::kLanes;
      acc[r][v] = T::set(0.0f);
      if (fresh || r >= rows || rest <= 0) continue;
      acc[r][v] = rest >= T::kLanes ? T::load(from) : T::load_first(from, rest);
    }
  }
  for (long p = 0; p < pixels; ++p, left += kTile, right += NV * T::kLanes) {
    V w[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::load(right + v * T::kLanes);
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      const V d = T::set(left[r]);
      PAW_UNROLL for (int v = 0; v < NV; ++v) acc[r][v] = T::fma(d, w[v], acc[r][v]);
    }
  }
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    if (r >= rows) break;
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const int rest = columns - v * T::kLanes;
      float* to = dw + r * stride + v * T::kLanes;
      if (rest >= T::kLanes) {
        T::store(to, acc[r][v]);
      } else if (rest > 0) {
        T::store_first(to, acc[r][v], rest);
      }
    }
  }
}

// Six channels of dy for each pixel. Whole vectors are stored, the next pixel over the rest.
template <class T>
PAW_INLINE void copy_six(const float* from, float* to, int channels, int readable) {
  if constexpr (T::kLanes >= 8) {
    T::store(to, readable >= 8 ? T::load(from) : T::load_first(from, channels));
  } else {
    for (int c = 0; c < kTile; ++c) to[c] = c < channels ? from[c] : 0.0f;
  }
}

template <class T>
void pack_left(const GradWeights<T>& g, long first, long pixels, int group) {
  constexpr long kRows = 8;  // pixels at a time, so that both sides are walked in runs
  const float* dy = g.dy + first * g.shape.out_c + static_cast<long>(group) * g.group_out;
  for (long p = 0; p < pixels; p += kRows) {
    const long end = p + kRows < pixels ? p + kRows : pixels;
    float* panel = g.left;
    for (int o = 0; o < g.group_out; o += kTile, panel += conv_left_panel(g.block)) {
      const int readable = g.group_out - o;
      const int channels = readable < kTile ? readable : kTile;
      for (long i = p; i < end; ++i) {
        copy_six<T>(dy + i * g.shape.out_c + o, panel + i * kTile, channels, readable);
      }
    }
  }
}

// The window of each pixel of a narrow image, copied; padding is zeros.
template <class T>
void copy_windows(const GradWeights<T>& g, long first, long pixels) {
  const ConvShape& s = g.shape;
  Pixel at{first / s.out_w / s.out_h, first / s.out_w % s.out_h, first % s.out_w};
  float* to = g.patches;
  for (long p = 0; p < pixels; ++p, at.next(s)) {
    const float* image = g.x + at.n * s.in_h * s.in_w * s.in_c;
    const long ix0 = at.ox * s.stride_w - s.pad_left;
    const bool inside_x = ix0 >= 0 && ix0 + s.kernel_w <= s.in_w;
    g.rows[p] = to;
    for (int ky = 0; ky < s.kernel_h; ++ky) {
      const long iy = at.oy * s.stride_h + static_cast<long>(ky) * s.dilation_h - s.pad_top;
      const bool inside_y = iy >= 0 && iy < s.in_h;
      for (int i = 0; i < s.kernel_w * s.in_c; ++i) {
        const long ix = ix0 + i / s.in_c;
        const bool inside = inside_y && (inside_x || (ix >= 0 && ix < s.in_w));
        *to++ = inside ? image[(iy * s.in_w + ix0) * s.in_c + i] : 0.0f;
      }
    }
  }
}

// Where each pixel's columns of `segment` begin.
template <class T>
void lay_segment(const GradWeights<T>& g, long first, long pixels, int group, int segment) {
  const ConvShape& s = g.shape;
  const float* x = g.x + static_cast<long>(group) * g.group_in;
  if (conv_pointwise(s)) {
    for (long p = 0; p < pixels; ++p) g.rows[p] = x + (first + p) * s.in_c;
    return;
  }
  const long dy = static_cast<long>(segment / s.kernel_w) * s.dilation_h - s.pad_top;
  const long dx = static_cast<long>(segment % s.kernel_w) * s.dilation_w - s.pad_left;
  Pixel at{first / s.out_w / s.out_h, first / s.out_w % s.out_h, first % s.out_w};
  for (long p = 0; p < pixels; ++p, at.next(s)) {
    const long iy = at.oy * s.stride_h + dy;
    const long ix = at.ox * s.stride_w + dx;
    const bool inside = iy >= 0 && iy < s.in_h && ix >= 0 && ix < s.in_w;
    g.rows[p] = inside ? x + ((at.n * s.in_h + iy) * s.in_w + ix) * s.in_c : g.zeros;
  }
}

// `columns` of them from `column` on, padded with zeros to `width`.
template <class T>
void pack_right(const GradWeights<T>& g, long pixels, long column, int columns, int width) {
  float* to = g.right;
  for (long p = 0; p < pixels; ++p) {
    const float* from = g.rows[p] + column;
    for (int c = 0; c < width; c += T::kLanes, to += T::kLanes) {
      const int rest = columns - c;
      T::store(to, rest >= T::kLanes ? T::load(from + c) : T::load_first(from + c, rest > 0 ? rest : 0));
    }
  }
}

// One panel of x against all of dy.
template <class T>
void panel_products(const GradWeights<T>& g, long pixels, bool fresh, float* dw, int columns, int width) {
  constexpr int kRows = T::kLanes >= 8 ? kTile : 2;
  const float* left = g.left;
  for (int o = 0; o < g.group_out; o += kTile, left += conv_left_panel(g.block)) {
    for (int r = 0; r < kTile && o + r < g.group_out; r += kRows) {
      float* to = dw + (o + r) * g.row_floats;
      const int rows = g.group_out - o - r;
      if (width == 16) {
        outer<T, 16 / T::kLanes, kRows>(left + r, g.right, pixels, fresh, to, g.row_floats, rows, columns);
      } else {
        outer<T, 8 / T::kLanes, kRows>(left + r, g.right, pixels, fresh, to, g.row_floats, rows, columns);
      }
    }
  }
}

// Panels [panels.begin, panels.end) of one group over one block of pixels.
template <class T>
void grad_weights_block(const GradWeights<T>& g, long first, long pixels, bool fresh, int group, Range panels) {
  const long per_segment = (g.columns.length + kConvPanel - 1) / kConvPanel;
  pack_left(g, first, pixels, group);
  if (g.columns.copied) copy_windows(g, first, pixels);
  long laid = -1;
  for (long panel = panels.begin; panel < panels.end; ++panel) {
    const long segment = panel / per_segment;
    const long column = panel % per_segment * kConvPanel;
    if (!g.columns.copied && segment != laid) lay_segment(g, first, pixels, group, static_cast<int>(segment));
    laid = segment;
    const long left = g.columns.length - column;
    const int columns = static_cast<int>(left < kConvPanel ? left : kConvPanel);
    const int width = left > 8 ? 16 : 8;
    pack_right(g, pixels, column, columns, width);
    float* dw = g.dw + static_cast<long>(group) * g.group_out * g.row_floats + segment * g.columns.length + column;
    panel_products(g, pixels, fresh, dw, columns, width);
  }
}

// Pixels of one partial sum, the panels of all groups counted through. `fresh`: it begins here.
template <class T>
void grad_weights_pixels(const GradWeights<T>& g, Range pixels, bool fresh, Range panels) {
  const long end = pixels.end > pixels.begin ? pixels.end : pixels.begin + (fresh ? 1 : 0);
  for (long first = pixels.begin; first < end; first += g.block) {
    const long left = pixels.end - first;
    const long count = left < g.block ? left : g.block;
    for (int group = 0; group < g.shape.groups; ++group) {
      const Range own{panels.begin - group * g.columns.panels, panels.end - group * g.columns.panels};
      const Range inside{own.begin > 0 ? own.begin : 0, own.end < g.columns.panels ? own.end : g.columns.panels};
      if (inside.begin < inside.end) {
        grad_weights_block(g, first, count, fresh && first == pixels.begin, group, inside);
      }
    }
  }
}

template <class T>
void grad_weights(const ConvGradWeightsF32& params, const float* x, const float* dy, float* partials, float* scratch,
                  Range units) {
  const ConvShape& s = params.shape;
  const ConvGradWeightsScratch plan = conv_grad_weights_scratch(s);
  const ConvColumns columns = conv_columns(s);
  const long row_floats = static_cast<long>(columns.segments) * columns.length;
  const long weights = row_floats * s.out_c;
  const long panels = s.groups * columns.panels;
  GradWeights<T> g{s,
                   x,
                   dy,
                   partials,
                   columns,
                   s.in_c / s.groups,
                   s.out_c / s.groups,
                   plan.block,
                   row_floats,
                   scratch,
                   reinterpret_cast<const float**>(scratch + plan.rows),
                   scratch + plan.left,
                   scratch + plan.right,
                   scratch + plan.patches};
  for (int i = 0; i < columns.length; ++i) scratch[i] = 0.0f;
  if (params.unit_pixels == 0) {
    for (long unit = units.begin; unit < units.end; ++unit) {
      const long chunk = unit / params.parts;
      const long part = unit % params.parts;
      g.dw = partials + chunk * weights;
      grad_weights_pixels(g, conv_grad_weights_pixels(params, chunk), true,
                          {panels * part / params.parts, panels * (part + 1) / params.parts});
    }
    return;
  }
  const long all = conv_pixels(s);
  for (long begin = units.begin; begin < units.end;) {
    const long chunk = begin / params.chain;
    const long end = (chunk + 1) * params.chain < units.end ? (chunk + 1) * params.chain : units.end;
    const long last = end * params.unit_pixels < all ? end * params.unit_pixels : all;
    g.dw = partials + chunk * weights;
    grad_weights_pixels(g, {begin * params.unit_pixels, last}, begin % params.chain == 0, {0, panels});
    begin = end;
  }
  if (units.end != conv_grad_weights_units(params)) return;
  // Partial sums that no pixel belongs to.
  const long used = (units.end + params.chain - 1) / params.chain;
  for (long i = used * weights; i < params.chunks * weights; ++i) partials[i] = 0.0f;
}

}  // namespace paw::conv_detail
