// The body of the weight gradient, shared by all tiers: an outer product of 6 output channels by 16 columns of the
// window, summed over a block of pixels in registers.
//
// Both sides are copied into panels first, so that images whose rows lie a power of two apart do not fall into the same
// few lines of the first-level cache: dy of the block once, x one panel at a time.
#pragma once

#include "kernels/conv/conv_body.h"
#include "kernels/conv/conv_grad.h"

namespace paw::conv_detail {

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
  float* right;        // x of the block: [panel at hand][pixel][panel width]
  float* patches;      // [pixel][length], copied windows only
};

// A panel of x that is at hand: its columns and where their sums go.
struct RightPanel {
  float* dw;
  int columns;
};

// dw[LP * MR][NV vectors] (+)= sum over pixels; `rows` of them are real. The left side lies in LP panels, `apart`
// floats from each other; the vectors are those of one panel of x or, where they are as wide, NV panels `right_apart`
// floats from each other.
template <class T, int NV, int MR, int LP>
PAW_INLINE void outer(const float* left, long apart, const float* right, long right_apart, long pixels, bool fresh,
                      const RightPanel* panels, long stride, int rows) {
  using V = typename T::V;
  constexpr bool kPanels = T::kLanes == kConvPanel;
  constexpr int kWidth = kPanels ? T::kLanes : NV * T::kLanes;
  const long step = kPanels ? right_apart : T::kLanes;
  const auto place = [&](int v) PAW_INLINE_LAMBDA {
    return kPanels ? panels[v] : RightPanel{panels[0].dw + v * T::kLanes, panels[0].columns - v * T::kLanes};
  };
  V acc[LP * MR][NV];
  PAW_UNROLL for (int r = 0; r < LP * MR; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const RightPanel from = place(v);
      acc[r][v] = T::set(0.0f);
      if (fresh || r >= rows || from.columns <= 0) continue;
      const float* sums = from.dw + r * stride;
      acc[r][v] = from.columns >= T::kLanes ? T::load(sums) : T::load_first(sums, from.columns);
    }
  }
  for (long p = 0; p < pixels; ++p, left += kTile, right += kWidth) {
    V w[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::load(right + v * step);
    PAW_UNROLL for (int r = 0; r < LP * MR; ++r) {
      const V d = T::set(left[r / MR * apart + r % MR]);
      PAW_UNROLL for (int v = 0; v < NV; ++v) acc[r][v] = T::fma(d, w[v], acc[r][v]);
    }
  }
  PAW_UNROLL for (int r = 0; r < LP * MR; ++r) {
    if (r >= rows) break;
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const RightPanel to = place(v);
      if (to.columns >= T::kLanes) {
        T::store(to.dw + r * stride, acc[r][v]);
      } else if (to.columns > 0) {
        T::store_first(to.dw + r * stride, acc[r][v], to.columns);
      }
    }
  }
}

// Six channels of dy for each pixel. Whole vectors are stored, the next pixel over the rest.
template <class T>
PAW_INLINE void copy_six(const float* from, float* to, int channels, int readable) {
  using Eight = typename T::Eight;
  if constexpr (Eight::kLanes == 8) {
    Eight::store(to, readable >= 8 ? Eight::load(from) : Eight::load_first(from, channels));
  } else {
    for (int c = 0; c < kTile; ++c) to[c] = c < channels ? from[c] : 0.0f;
  }
}

template <class T>
void pack_left(const GradWeights& g, long first, long pixels, int group) {
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
PAW_INLINE void copy_windows(const GradWeights& g, long first, long pixels) {
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
      const float* line = image + (iy * s.in_w + ix0) * s.in_c;
      const int length = s.kernel_w * s.in_c;
      if (inside_y && inside_x) {
        for (int i = 0; i < length; ++i) to[i] = line[i];
      } else {
        for (int i = 0; i < length; ++i) {
          const long ix = ix0 + i / s.in_c;
          to[i] = inside_y && ix >= 0 && ix < s.in_w ? line[i] : 0.0f;
        }
      }
      to += length;
    }
  }
}

// Where each pixel's columns of `segment` begin.
PAW_INLINE void lay_segment(const GradWeights& g, long first, long pixels, int group, int segment) {
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

// `columns` of them from `column` on, padded with zeros to `width`, a multiple of the lanes.
template <class T>
PAW_INLINE void copy_right(const GradWeights& g, long pixels, long column, int columns, int width, float* to) {
  for (long p = 0; p < pixels; ++p) {
    const float* from = g.rows[p] + column;
    for (int c = 0; c < width; c += T::kLanes, to += T::kLanes) {
      const int rest = columns - c;
      T::store(to, rest >= T::kLanes ? T::load(from + c) : T::load_first(from + c, rest > 0 ? rest : 0));
    }
  }
}

template <class T>
void pack_right(const GradWeights& g, long pixels, long column, int columns, int width, float* to) {
  if (width < T::kLanes) {
    copy_right<typename T::Eight>(g, pixels, column, columns, width, to);
  } else {
    copy_right<T>(g, pixels, column, columns, width, to);
  }
}

// `count` panels of x, of `width` each, against all of dy.
template <class T>
void panel_products(const GradWeights& g, long pixels, bool fresh, const RightPanel* panels, int count, int width) {
  using Eight = typename T::Eight;
  constexpr int kRows = T::kLanes >= 8 ? kTile : 2;
  // A vector as wide as the panel: more rows, so that there are sums enough.
  constexpr int kLeft = T::kLanes == kConvPanel ? 2 : 1;
  const long apart = conv_left_panel(g.block);
  const float* left = g.left;
  for (int o = 0; o < g.group_out; o += kLeft * kTile, left += kLeft * apart) {
    for (int r = 0; r < kTile && o + r < g.group_out; r += kRows) {
      const int rows = g.group_out - o - r;
      RightPanel at[kConvRightPanels];
      for (int i = 0; i < count; ++i) at[i] = {panels[i].dw + (o + r) * g.row_floats, panels[i].columns};
      const auto products = [&]<class L, int NV>() PAW_INLINE_LAMBDA {
        if (kLeft == 1 || rows <= kTile) {
          outer<L, NV, kRows, 1>(left + r, apart, g.right, g.block * kConvPanel, pixels, fresh, at, g.row_floats, rows);
        } else {
          outer<L, NV, kRows, kLeft>(left + r, apart, g.right, g.block * kConvPanel, pixels, fresh, at, g.row_floats,
                                     rows);
        }
      };
      if (width < kConvPanel) {
        products.template operator()<Eight, 8 / Eight::kLanes>();
      } else if (count == 1) {
        products.template operator()<T, kConvPanel / T::kLanes>();
      } else if constexpr (T::kLanes == kConvPanel) {
        products.template operator()<T, kConvRightPanels>();
      }
    }
  }
}

// Panels [panels.begin, panels.end) of one group over one block of pixels.
template <class T>
void grad_weights_block(const GradWeights& g, long first, long pixels, bool fresh, int group, Range panels) {
  const long per_segment = (g.columns.length + kConvPanel - 1) / kConvPanel;
  const auto columns_of = [&](long panel) PAW_INLINE_LAMBDA {
    const long left = g.columns.length - panel % per_segment * kConvPanel;
    return static_cast<int>(left < kConvPanel ? left : kConvPanel);
  };
  pack_left<T>(g, first, pixels, group);
  if (g.columns.copied) copy_windows(g, first, pixels);
  float* const dw = g.dw + static_cast<long>(group) * g.group_out * g.row_floats;
  long laid = -1;
  for (long panel = panels.begin; panel < panels.end;) {
    RightPanel run[kConvRightPanels];
    const int width = columns_of(panel) > 8 ? kConvPanel : 8;
    int count = 0;
    do {
      const long segment = panel / per_segment;
      const long column = panel % per_segment * kConvPanel;
      if (!g.columns.copied && segment != laid) lay_segment(g, first, pixels, group, static_cast<int>(segment));
      laid = segment;
      run[count] = {dw + segment * g.columns.length + column, columns_of(panel)};
      pack_right<T>(g, pixels, column, run[count].columns, width, g.right + count * g.block * kConvPanel);
      ++count;
      ++panel;
    } while (T::kLanes == kConvPanel && width == kConvPanel && count < kConvRightPanels && panel < panels.end &&
             columns_of(panel) > 8);
    panel_products<T>(g, pixels, fresh, run, count, width);
  }
}

// Pixels of one partial sum, the panels of all groups counted through. `fresh`: it begins here.
template <class T>
void grad_weights_pixels(const GradWeights& g, Range pixels, bool fresh, Range panels) {
  const long end = pixels.end > pixels.begin ? pixels.end : pixels.begin + (fresh ? 1 : 0);
  for (long first = pixels.begin; first < end; first += g.block) {
    const long left = pixels.end - first;
    const long count = left < g.block ? left : g.block;
    for (int group = 0; group < g.shape.groups; ++group) {
      const Range own{panels.begin - group * g.columns.panels, panels.end - group * g.columns.panels};
      const Range inside{own.begin > 0 ? own.begin : 0, own.end < g.columns.panels ? own.end : g.columns.panels};
      if (inside.begin < inside.end) {
        grad_weights_block<T>(g, first, count, fresh && first == pixels.begin, group, inside);
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
  GradWeights g{s,
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
    // Parts of one chunk that a thread has side by side share their copy of dy.
    for (long unit = units.begin; unit < units.end;) {
      const long chunk = unit / params.parts;
      const long part = unit % params.parts;
      const long end = params.parts - part < units.end - unit ? params.parts : part + units.end - unit;
      g.dw = partials + chunk * weights;
      grad_weights_pixels<T>(g, conv_grad_weights_pixels(params, chunk), true,
                             {panels * part / params.parts, panels * end / params.parts});
      unit += end - part;
    }
    return;
  }
  const long all = conv_pixels(s);
  for (long begin = units.begin; begin < units.end;) {
    const long chunk = begin / params.chain;
    const long end = (chunk + 1) * params.chain < units.end ? (chunk + 1) * params.chain : units.end;
    const long last = end * params.unit_pixels < all ? end * params.unit_pixels : all;
    g.dw = partials + chunk * weights;
    grad_weights_pixels<T>(g, {begin * params.unit_pixels, last}, begin % params.chain == 0, {0, panels});
    begin = end;
  }
  if (units.end != conv_grad_weights_units(params)) return;
  // Partial sums that no pixel belongs to.
  const long used = (units.end + params.chain - 1) / params.chain;
  for (long i = used * weights; i < params.chunks * weights; ++i) partials[i] = 0.0f;
}

}  // namespace paw::conv_detail
