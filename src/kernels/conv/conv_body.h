// The body of the forward convolution, shared by all tiers: a template over the vector layer.
//
// Each output pixel is a row of a matrix product whose left side is read through pointers: one per pixel and segment of
// the window, a segment being contiguous input (a whole kernel row of a narrow image, else one tap). Taps outside the
// image point at zeros; nothing is copied but the border pixels of narrow images.
#pragma once

#include "kernels/conv/conv.h"
#include "kernels/conv/conv_grad.h"
#include "kernels/vec/portable.h"

namespace paw::conv_detail {

constexpr int kTile = static_cast<int>(kConvTile);

// What a tile needs to know of the product that it is a part of.
struct Product {
  ConvSegments segments;
  float lo, hi;
  long panel_step;  // packed floats of a 16-wide panel
};

// Where a tile finds the weights of its segments and leaves its rows: segment after segment, row after row.
struct InOrder {
  float* y;
  long stride;
  PAW_INLINE const float* weights(const float* next, const float* /*panel*/, int /*segment*/, int /*width*/) const {
    return next;
  }
  PAW_INLINE float* row(int r) const { return y + r * stride; }
  PAW_INLINE InOrder from(long r) const { return {y + r * stride, stride}; }
  PAW_INLINE InOrder right(long c) const { return {y + c, stride}; }
};

// The same for segments that are some of the panel's rows and rows of the result anywhere.
struct Scattered {
  float* const* rows;
  long column;
  const PhaseTap* taps;  // of each segment
  PAW_INLINE const float* weights(const float* /*next*/, const float* panel, int segment, int width) const {
    return panel + taps[segment].row * width;
  }
  PAW_INLINE float* row(int r) const { return rows[r] + column; }
  PAW_INLINE Scattered from(long r) const { return {rows + r, column, taps}; }
  PAW_INLINE Scattered right(long c) const { return {rows, column + c, taps}; }
};

// What a forward pass knows before it looks at pixels.
struct Forward : Product {
  const ConvShape& shape;
  const float* x;
  float* y;
  int group_in, group_out;  // channels of a group
  const float* zeros;
  const float** rows;  // [tile of the block][segment][kTile]
  float* patches;      // [tile of the block][segment][kTile][length], merged segments only
  bool pointwise;      // 1x1, stride 1, no padding: the rows of x are the rows of the product
};

// acc[r][v] = bias + rows * weights over all segments, clamped; stores the first `columns` columns of MR rows. The NV
// vectors are columns of one panel, which is Width wide, or, where a vector is as wide as a panel, of NV panels. KS
// sums, of every KS-th product each, are added up in the end: a few accumulators alone would wait for each other.
template <class T, int NV, int MR, int KS, class Place, int Width = 0>
PAW_INLINE void tile(const Product& f, const float* const* rows, const float* weights, const Place& place,
                     int columns) {
  using V = typename T::V;
  constexpr bool kPanels = T::kLanes == kConvPanel;
  constexpr int kWidth = Width > 0 ? Width : kPanels ? T::kLanes : NV * T::kLanes;
  const long apart = kPanels ? f.panel_step : T::kLanes;
  V acc[KS][MR][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V bias = T::load(weights + v * apart);
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      acc[0][r][v] = bias;
      PAW_UNROLL for (int k = 1; k < KS; ++k) acc[k][r][v] = T::set(0.0f);
    }
  }
  weights += kWidth;
  const float* const panel = weights;
  const long length = f.segments.length;
  for (int s = 0; s < f.segments.count; ++s) {
    const float* row[MR];
    PAW_UNROLL for (int r = 0; r < MR; ++r) row[r] = rows[s * kTile + r];
    weights = place.weights(weights, panel, s, kWidth);
    const auto add = [&](long k, auto& sums) PAW_INLINE_LAMBDA {
      V w[NV];
      PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::load(weights + v * apart);
      weights += kWidth;
      PAW_UNROLL for (int r = 0; r < MR; ++r) {
        const V xk = T::set(row[r][k]);
        PAW_UNROLL for (int v = 0; v < NV; ++v) sums[r][v] = T::fma(xk, w[v], sums[r][v]);
      }
    };
    long k = 0;
    for (; k + KS <= length; k += KS) {
      PAW_UNROLL for (int i = 0; i < KS; ++i) add(k + i, acc[i]);
    }
    if constexpr (KS > 1) {
      for (; k < length; ++k) add(k, acc[0]);
    }
  }
  PAW_UNROLL for (int k = 1; k < KS; ++k) {
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) acc[0][r][v] = T::add(acc[0][r][v], acc[k][r][v]);
    }
  }
  const V lo = T::set(f.lo), hi = T::set(f.hi);
  if (columns >= NV * T::kLanes) {
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        T::store(place.row(r) + v * T::kLanes, T::at_most(T::at_least(acc[0][r][v], lo), hi));
      }
    }
    return;
  }
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const int left = columns - v * T::kLanes;
      const V out = T::at_most(T::at_least(acc[0][r][v], lo), hi);
      if (left > 0) T::store_first(place.row(r) + v * T::kLanes, out, left < T::kLanes ? left : T::kLanes);
    }
  }
}

// An output pixel, stepped along rows, images and the batch without divisions.
struct Pixel {
  long n, oy, ox;
  PAW_INLINE void next(const ConvShape& s) {
    if (++ox < s.out_w) return;
    ox = 0;
    if (++oy < s.out_h) return;
    oy = 0;
    ++n;
  }
};

// Column r of the pointers of a tile: one output pixel, the channels of `group`.
PAW_INLINE void lay_pixel(const Forward& f, const Pixel& at, int group, const float** rows, float* patches) {
  const ConvShape& s = f.shape;
  const float* image = f.x + at.n * s.in_h * s.in_w * s.in_c + static_cast<long>(group) * f.group_in;
  const long ix0 = at.ox * s.stride_w - s.pad_left;
  const bool inside_x = ix0 >= 0 && ix0 + s.kernel_w <= s.in_w;
  for (int ky = 0; ky < s.kernel_h; ++ky) {
    const long iy = at.oy * s.stride_h + static_cast<long>(ky) * s.dilation_h - s.pad_top;
    const bool inside_y = iy >= 0 && iy < s.in_h;
    const float* line = image + iy * s.in_w * s.in_c;
    if (!f.segments.merged) {
      for (int kx = 0; kx < s.kernel_w; ++kx) {
        const long ix = ix0 + static_cast<long>(kx) * s.dilation_w;
        const bool inside = inside_y && ix >= 0 && ix < s.in_w;
        rows[(ky * s.kernel_w + kx) * kTile] = inside ? line + ix * s.in_c : f.zeros;
      }
    } else if (inside_y && inside_x) {
      rows[ky * kTile] = line + ix0 * s.in_c;
    } else if (!inside_y) {
      rows[ky * kTile] = f.zeros;
    } else {
      float* patch = patches + static_cast<long>(ky) * kTile * f.segments.length;
      for (int kx = 0; kx < s.kernel_w; ++kx) {
        const bool inside = ix0 + kx >= 0 && ix0 + kx < s.in_w;
        for (int c = 0; c < s.in_c; ++c) patch[kx * s.in_c + c] = inside ? line[(ix0 + kx) * s.in_c + c] : 0.0f;
      }
      rows[ky * kTile] = patch;
    }
  }
}

// Pointers (and patches) of a block of pixels starting at flat pixel `first`. Inside a row, pixel after pixel reads the
// same taps one stride further: their pointers are those of the pixel before, stepped.
PAW_INLINE void lay_rows(const Forward& f, long first, long pixels, int group) {
  const ConvShape& s = f.shape;
  if (f.pointwise) {
    const float* x = f.x + first * s.in_c + static_cast<long>(group) * f.group_in;
    for (long i = 0; i < pixels; ++i) f.rows[i] = x + i * s.in_c;
    return;
  }
  const int segments = f.segments.count;
  const long segment_rows = static_cast<long>(segments) * kTile;
  const long step = static_cast<long>(s.stride_w) * s.in_c;
  const Range inner = conv_inner_columns(s);
  Pixel at{first / s.out_w / s.out_h, first / s.out_w % s.out_h, first % s.out_w};
  const float** before = nullptr;  // of the pixel before, when it is an inner one of the same row
  for (long tile = 0; tile * kTile < pixels; ++tile) {
    const long left = pixels - tile * kTile;
    for (long r = 0; r < (left < kTile ? left : kTile); ++r) {
      const float** rows = f.rows + tile * segment_rows + r;
      const bool is_inner = at.ox >= inner.begin && at.ox < inner.end;
      if (is_inner && before != nullptr) {
        for (int k = 0; k < segments; ++k) {
          const float* row = before[k * kTile];
          rows[k * kTile] = row == f.zeros ? row : row + step;
        }
      } else {
        lay_pixel(f, at, group, rows,
                  f.patches + (f.segments.merged ? (tile * segment_rows + r) * f.segments.length : 0));
      }
      at.next(s);
      before = is_inner && at.ox > 0 ? rows : nullptr;
    }
  }
}

// Panels that a tile takes at once, all of them 16 wide; 0: one that is 8 wide. The sums of a column may not depend on
// how panels are shared out: `alone`, the group's only such panel, is cut along k instead.
struct PanelRun {
  long count;
  bool alone;
};

template <class T>
PAW_INLINE PanelRun panel_run(long columns, Range panels) {
  const long full = (columns + 7) / kConvPanel;  // a last panel of more than 8 columns is 16 wide
  const long left = (full < panels.end ? full : panels.end) - panels.begin;
  if (T::kLanes < kConvPanel || left <= 1) return {left < 1 ? left : 1, full == 1};
  return {left % 2 == 0 ? 2 : 3, false};
}

// Six rows of half a panel keep more sums than two rows of a whole one, where registers hold four numbers and the
// compiler behind this one (of WebAssembly) shares out registers well.
template <class T>
constexpr bool by_halves() {
#if defined(__wasm_simd128__)
  return T::kLanes == 4;
#else
  return false;
#endif
}

// Six rows of a whole panel are kept as sums by sixteen registers of eight numbers, or by 32.
template <class T>
constexpr bool by_six() {
  return T::kLanes >= 8 || T::kRegisters >= 32 || by_halves<T>();
}

// MR rows against a run of panels.
template <class T, int MR, class Place>
PAW_INLINE void rows_panels(const Product& f, const float* const* rows, const float* weights, const PanelRun& run,
                            const Place& y, int columns) {
  using Eight = typename T::Eight;
  if constexpr (by_halves<T>()) {
    constexpr int kVectors = 8 / T::kLanes;
    if (run.count == 1) {
      tile<T, kVectors, MR, 1, Place, kConvPanel>(f, rows, weights, y, columns);
      return tile<T, kVectors, MR, 1, Place, kConvPanel>(f, rows, weights + 8, y.right(8), columns - 8);
    }
  }
  if constexpr (T::kLanes == kConvPanel) {
    if (run.count == 2) return tile<T, 2, MR, 1>(f, rows, weights, y, columns);
    if (run.count == 3) return tile<T, 3, MR, 1>(f, rows, weights, y, columns);
    if (run.count == 1 && run.alone) return tile<T, 1, MR, 2>(f, rows, weights, y, columns);
  }
  if (run.count == 1) return tile<T, kConvPanel / T::kLanes, MR, 1>(f, rows, weights, y, columns);
  tile<Eight, 8 / Eight::kLanes, MR, Eight::kLanes == 8 ? 2 : 1>(f, rows, weights, y, columns);
}

// One tile of `pixels` rows against a run of panels, in row slices that fit the registers of the tier.
template <class T, class Place>
PAW_INLINE void tile_panels(const Product& f, const float* const* rows, const float* weights, const PanelRun& run,
                            const Place& y, long pixels, int columns) {
  if constexpr (by_six<T>()) {
    switch (pixels) {
      case 6:
        if constexpr (by_halves<T>()) {
          rows_panels<T, 4>(f, rows, weights, run, y, columns);
          return rows_panels<T, 2>(f, rows + 4, weights, run, y.from(4), columns);
        }
        return rows_panels<T, 6>(f, rows, weights, run, y, columns);
      case 5: return rows_panels<T, 5>(f, rows, weights, run, y, columns);
      case 4: return rows_panels<T, 4>(f, rows, weights, run, y, columns);
      case 3: return rows_panels<T, 3>(f, rows, weights, run, y, columns);
      case 2: return rows_panels<T, 2>(f, rows, weights, run, y, columns);
      default: return rows_panels<T, 1>(f, rows, weights, run, y, columns);
    }
  }
  long r = 0;
  for (; r + 2 <= pixels; r += 2) rows_panels<T, 2>(f, rows + r, weights, run, y.from(r), columns);
  if (r < pixels) rows_panels<T, 1>(f, rows + r, weights, run, y.from(r), columns);
}

// Every tile of a block, whose rows are laid, against panels of a group: a run of panels is read once per block and
// stays in the first-level cache. place(tile, column): where the tile's results go.
template <class T, class PlaceOf>
PAW_INLINE void block_panels(const Product& f, const float* const* rows, const float* packed, long pixels, int columns,
                             Range panels, const PlaceOf& place) {
  const long tile_rows = static_cast<long>(f.segments.count) * kTile;
  while (panels.begin < panels.end) {
    const PanelRun run = panel_run<T>(columns, panels);
    const int column = static_cast<int>(panels.begin * kConvPanel);
    for (long t = 0; t * kTile < pixels; ++t) {
      const long rest = pixels - t * kTile;
      tile_panels<T>(f, rows + t * tile_rows, packed + panels.begin * f.panel_step, run, place(t, column),
                     rest < kTile ? rest : kTile, columns - column);
    }
    panels.begin += run.count > 1 ? run.count : 1;
  }
}

// Pixels [first, first + pixels), laid, against panels of a group.
template <class T>
void forward_block(const Forward& f, const float* packed, long first, long pixels, int group, Range panels) {
  float* y = f.y + first * f.shape.out_c + static_cast<long>(group) * f.group_out;
  const auto place = [&](long t, int column)
                         PAW_INLINE_LAMBDA { return InOrder{y + t * kTile * f.shape.out_c + column, f.shape.out_c}; };
  block_panels<T>(f, f.rows, packed, pixels, f.group_out, panels, place);
}

// Units are panels.
template <class T>
void by_panels(const Forward& f, const float* packed, Range units) {
  const long panels = conv_group_panels(f.shape), pixels = conv_pixels(f.shape);
  const long group_floats = conv_packed_group_floats(f.shape);
  for (long unit = units.begin; unit < units.end;) {
    const long group = unit / panels, first = unit % panels;
    const long end = panels - first < units.end - unit ? panels : first + units.end - unit;
    lay_rows(f, 0, pixels, static_cast<int>(group));
    forward_block<T>(f, packed + group * group_floats, 0, pixels, static_cast<int>(group), {first, end});
    unit += end - first;
  }
}

// Units are runs of pixels; a block of tiles shares a pass over the weights.
template <class T>
void by_pixels(const Forward& f, const float* packed, long block, Range pixels) {
  const long panels = conv_group_panels(f.shape);
  const long group_floats = conv_packed_group_floats(f.shape);
  for (long first = pixels.begin; first < pixels.end; first += block) {
    const long count = pixels.end - first < block ? pixels.end - first : block;
    for (int g = 0; g < f.shape.groups; ++g) {
      lay_rows(f, first, count, g);
      forward_block<T>(f, packed + g * group_floats, first, count, g, {0, panels});
    }
  }
}

template <class T>
void conv(const ConvF32& params, const float* x, const float* packed, float* y, float* scratch, Range units) {
  const ConvShape& s = params.shape;
  const ConvScratch plan = conv_scratch(s);
  const ConvSegments segments = conv_segments(s);
  const long k = static_cast<long>(segments.count) * segments.length;
  const int group_out = s.out_c / s.groups;
  const Forward f{{segments, params.min, params.max, (k + 1) * kConvPanel},
                  s,
                  x,
                  y,
                  s.in_c / s.groups,
                  group_out,
                  scratch,
                  reinterpret_cast<const float**>(scratch + plan.rows),
                  scratch + plan.patches,
                  conv_pointwise(s)};
  for (long i = 0; i < segments.length; ++i) scratch[i] = 0.0f;
  if (conv_by_panels(s)) return by_panels<T>(f, packed, units);
  const long all = conv_pixels(s);
  const long end = units.end * params.unit_pixels;
  by_pixels<T>(f, packed, plan.tiles * kTile, {units.begin * params.unit_pixels, end < all ? end : all});
}

}  // namespace paw::conv_detail
