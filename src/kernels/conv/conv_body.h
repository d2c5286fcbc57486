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
template <class T>
struct Product {
  using V = typename T::V;
  ConvSegments segments;
  V lo, hi;
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
};

// What a forward pass knows before it looks at pixels.
template <class T>
struct Forward : Product<T> {
  using V = typename T::V;
  const ConvShape& shape;
  const float* x;
  float* y;
  int group_in, group_out;  // channels of a group
  long panel_step;          // packed floats of a 16-wide panel
  const float* zeros;
  const float** rows;  // [tile of the block][segment][kTile]
  float* patches;      // [tile of the block][segment][kTile][length], merged segments only
  bool pointwise;      // 1x1, stride 1, no padding: the rows of x are the rows of the product
};

// acc[r][v] = bias + rows * weights over all segments, clamped; stores the first `columns` columns of MR rows.
template <class T, int NV, int MR, class Place>
PAW_INLINE void tile(const Product<T>& f, const float* const* rows, const float* weights, const Place& place,
                     int columns) {
  using V = typename T::V;
  V acc[MR][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V bias = T::load(weights + v * T::kLanes);
    PAW_UNROLL for (int r = 0; r < MR; ++r) acc[r][v] = bias;
  }
  weights += NV * T::kLanes;
  const float* const panel = weights;
  const long length = f.segments.length;
  for (int s = 0; s < f.segments.count; ++s) {
    const float* row[MR];
    PAW_UNROLL for (int r = 0; r < MR; ++r) row[r] = rows[s * kTile + r];
    weights = place.weights(weights, panel, s, NV * T::kLanes);
    for (long k = 0; k < length; ++k) {
      V w[NV];
      PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::load(weights + v * T::kLanes);
      weights += NV * T::kLanes;
      PAW_UNROLL for (int r = 0; r < MR; ++r) {
        const V xk = T::set(row[r][k]);
        PAW_UNROLL for (int v = 0; v < NV; ++v) acc[r][v] = T::fma(xk, w[v], acc[r][v]);
      }
    }
  }
  const V lo = f.lo, hi = f.hi;
  if (columns >= NV * T::kLanes) {
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        T::store(place.row(r) + v * T::kLanes, T::at_most(T::at_least(acc[r][v], lo), hi));
      }
    }
    return;
  }
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const int left = columns - v * T::kLanes;
      const V out = T::at_most(T::at_least(acc[r][v], lo), hi);
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
template <class T>
PAW_INLINE void lay_pixel(const Forward<T>& f, const Pixel& at, int group, const float** rows, float* patches) {
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
template <class T>
void lay_rows(const Forward<T>& f, long first, long pixels, int group) {
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

// MR rows against one panel of `width` columns (16 or 8).
template <class T, int MR, class Place>
PAW_INLINE void rows_panel(const Product<T>& f, const float* const* rows, const float* weights, int width,
                           const Place& y, int columns) {
  if (width == 16) {
    tile<T, 16 / T::kLanes, MR>(f, rows, weights, y, columns);
  } else {
    tile<T, 8 / T::kLanes, MR>(f, rows, weights, y, columns);
  }
}

// One tile of `pixels` rows against one panel, in row slices that fit the registers of the tier.
template <class T, class Place>
PAW_INLINE void tile_panel(const Product<T>& f, const float* const* rows, const float* weights, int width,
                           const Place& y, long pixels, int columns) {
  if constexpr (T::kLanes >= 8) {
    switch (pixels) {
      case 6: return rows_panel<T, 6>(f, rows, weights, width, y, columns);
      case 5: return rows_panel<T, 5>(f, rows, weights, width, y, columns);
      case 4: return rows_panel<T, 4>(f, rows, weights, width, y, columns);
      case 3: return rows_panel<T, 3>(f, rows, weights, width, y, columns);
      case 2: return rows_panel<T, 2>(f, rows, weights, width, y, columns);
      default: return rows_panel<T, 1>(f, rows, weights, width, y, columns);
    }
  }
  long r = 0;
  for (; r + 2 <= pixels; r += 2) rows_panel<T, 2>(f, rows + r, weights, width, y.from(r), columns);
  if (r < pixels) rows_panel<T, 1>(f, rows + r, weights, width, y.from(r), columns);
}

// A block of tiles, whose rows are laid, against panels of a group: each panel is read once per block and stays in the
// first-level cache.
template <class T>
void block_panels(const Forward<T>& f, const float* packed, long first_pixel, long pixels, int group, Range panels) {
  const int segment_rows = f.segments.count * kTile;
  const long tiles = (pixels + kTile - 1) / kTile;
  for (long panel = panels.begin; panel < panels.end; ++panel) {
    const int column = static_cast<int>(panel) * 16;
    const int left = f.group_out - column;
    const int width = left > 8 ? 16 : 8;
    const float* weights = packed + panel * f.panel_step;
    for (long t = 0; t < tiles; ++t) {
      const long rest = pixels - t * kTile;
      float* y = f.y + (first_pixel + t * kTile) * f.shape.out_c + static_cast<long>(group) * f.group_out + column;
      tile_panel(f, f.rows + t * segment_rows, weights, width, InOrder{y, f.shape.out_c}, rest < kTile ? rest : kTile,
                 left);
    }
  }
}

// Units are panels.
template <class T>
void by_panels(const Forward<T>& f, const float* packed, Range units) {
  const long panels = conv_group_panels(f.shape), pixels = conv_pixels(f.shape);
  const long group_floats = conv_packed_group_floats(f.shape);
  for (long unit = units.begin; unit < units.end;) {
    const long group = unit / panels, first = unit % panels;
    const long end = panels - first < units.end - unit ? panels : first + units.end - unit;
    lay_rows(f, 0, pixels, static_cast<int>(group));
    block_panels(f, packed + group * group_floats, 0, pixels, static_cast<int>(group), {first, end});
    unit += end - first;
  }
}

// Units are runs of pixels; a block of tiles shares a pass over the weights.
template <class T>
void by_pixels(const Forward<T>& f, const float* packed, long block, Range pixels) {
  const long panels = conv_group_panels(f.shape);
  const long group_floats = conv_packed_group_floats(f.shape);
  for (long first = pixels.begin; first < pixels.end; first += block) {
    const long count = pixels.end - first < block ? pixels.end - first : block;
    for (int g = 0; g < f.shape.groups; ++g) {
      lay_rows(f, first, count, g);
      block_panels(f, packed + g * group_floats, first, count, g, {0, panels});
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
  const Forward<T> f{{segments, T::set(params.min), T::set(params.max)},
                     s,
                     x,
                     y,
                     s.in_c / s.groups,
                     group_out,
                     (k + 1) * 16,
                     scratch,
                     reinterpret_cast<const float**>(scratch + plan.rows),
                     scratch + plan.patches,
                     conv_pointwise(s)};
  for (long i = 0; i < segments.length; ++i) scratch[i] = 0.0f;
  if (conv_by_panels(s)) return by_panels(f, packed, units);
  const long all = conv_pixels(s);
  const long end = units.end * kConvTile;
  by_pixels(f, packed, plan.tiles * kTile, {units.begin * kConvTile, end < all ? end : all});
}

}  // namespace paw::conv_detail
