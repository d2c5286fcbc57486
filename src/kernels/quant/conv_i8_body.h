// The body of the 8-bit convolution, shared by all tiers: a template over the integer vector layer.
//
// The windows of a block of pixels are widened to rows of 16-bit numbers, less the zero point, zero outside the image;
// every panel then multiplies them tile by tile. Rows of the last tile that stand for no pixel hold old numbers, whose
// results are not stored.
#pragma once

#include "kernels/quant/conv_i8.h"
#include "kernels/quant/finish.h"

namespace paw::conv_i8_detail {

constexpr int kTile = static_cast<int>(kConvTile), kPanel = static_cast<int>(kConvPanel);

struct Forward {
  const ConvI8& p;
  const std::uint8_t* x;
  const std::byte* packed;
  std::uint8_t* y;
  std::int16_t* rows;
  long row;  // numbers of a row
  quant_detail::Finish finish;
};

// The taps [kx0, kx1) of a kernel row that lie inside the image.
struct Taps {
  int begin, end;
};

PAW_INLINE Taps inside(long first, int count, int step, int extent) {
  Taps t{0, count};
  while (t.begin < t.end && first + static_cast<long>(t.begin) * step < 0) ++t.begin;
  while (t.end > t.begin && first + static_cast<long>(t.end - 1) * step >= extent) --t.end;
  return t;
}

PAW_INLINE std::int16_t* zeros(std::int16_t* to, long count) {
  __builtin_memset(to, 0, static_cast<unsigned long>(count) * sizeof(*to));
  return to + count;
}

// The window of one output pixel, channels of `group`.
template <class T>
void lay_window(const Forward& f, long n, long oy, long ox, long group, std::int16_t* to) {
  const ConvShape& s = f.p.shape;
  const bool is_signed = f.p.x_signed != 0;
  const long channels = s.in_c / s.groups, odd = f.row - static_cast<long>(s.kernel_h) * s.kernel_w * channels;
  const long iy0 = oy * s.stride_h - s.pad_top, ix0 = ox * s.stride_w - s.pad_left;
  const Taps across = inside(ix0, s.kernel_w, s.dilation_w, s.in_w);
  const bool one_run = s.groups == 1 && s.dilation_w == 1;
  for (int ky = 0; ky < s.kernel_h; ++ky) {
    const long iy = iy0 + static_cast<long>(ky) * s.dilation_h;
    if (iy < 0 || iy >= s.in_h || across.begin == across.end) {
      to = zeros(to, s.kernel_w * channels);
      continue;
    }
    to = zeros(to, across.begin * channels);
    const std::uint8_t* line = f.x + (n * s.in_h + iy) * s.in_w * s.in_c + group * channels;
    if (one_run) {
      const long length = (across.end - across.begin) * channels;
      T::widen(line + (ix0 + across.begin) * s.in_c, to, length, is_signed, f.p.x_zero);
      to += length;
    } else {
      for (int kx = across.begin; kx < across.end; ++kx, to += channels) {
        const long ix = ix0 + static_cast<long>(kx) * s.dilation_w;
        T::widen(line + ix * s.in_c, to, channels, is_signed, f.p.x_zero);
      }
    }
    to = zeros(to, (s.kernel_w - across.end) * channels);
  }
  zeros(to, odd);
}

// `count` pixels from flat pixel `first`.
template <class T>
PAW_INLINE void lay_rows(const Forward& f, long first, long count, long group) {
  const ConvShape& s = f.p.shape;
  if (conv_pointwise(s)) {
    const long channels = s.in_c / s.groups;
    for (long i = 0; i < count; ++i) {
      std::int16_t* to = f.rows + i * f.row;
      T::widen(f.x + (first + i) * s.in_c + group * channels, to, channels, f.p.x_signed != 0, f.p.x_zero);
      zeros(to + channels, f.row - channels);
    }
    return;
  }
  long ox = first % s.out_w, oy = first / s.out_w % s.out_h, n = first / s.out_w / s.out_h;
  for (long i = 0; i < count; ++i) {
    lay_window<T>(f, n, oy, ox, group, f.rows + i * f.row);
    if (++ox < s.out_w) continue;
    ox = 0;
    if (++oy < s.out_h) continue;
    oy = 0;
    ++n;
  }
}

// Sums of MR rows and NV vectors of columns: of one panel, or, where a vector is as wide as a panel, of NV panels
// `apart` bytes from each other. `panel`: where the panel begins; `column`: the first column.
template <class T, int MR, int NV>
PAW_INLINE void tile(const std::int16_t* rows, long row, const std::byte* panel, long apart, int column,
                     std::int32_t* sums, long sums_apart) {
  using V = typename T::V;
  constexpr bool kPanels = T::kLanes == kPanel;
  const auto* bias = reinterpret_cast<const std::int32_t*>(panel) + column;
  const auto* weights = reinterpret_cast<const std::int16_t*>(panel + kPanelHead) + 2 * column;
  const long step = kPanels ? apart : T::kLanes * 4;  // bytes from vector to vector
  const auto at = [&](const auto* p, int v) PAW_INLINE_LAMBDA {
    return reinterpret_cast<decltype(p)>(reinterpret_cast<const std::byte*>(p) + v * step);
  };
  V acc[MR][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V b = T::load(at(bias, v));
    PAW_UNROLL for (int r = 0; r < MR; ++r) acc[r][v] = b;
  }
  for (long k = 0; k < row; k += 2) {
    typename T::P w[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::pairs(at(weights, v));
    weights += 2 * kPanel;
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      const auto x = T::pair(rows + r * row + k);
      PAW_UNROLL for (int v = 0; v < NV; ++v) acc[r][v] = T::multiply_add(acc[r][v], x, w[v]);
    }
  }
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) T::store(sums + r * sums_apart + v * T::kLanes, acc[r][v]);
  }
}

// As many rows at a time as there are, at least: what is behind them is computed for nothing.
template <class T, int NV>
PAW_INLINE void tile_of(long rows_left, const std::int16_t* rows, long row, const std::byte* panel, long apart,
                        int column, std::int32_t* sums, long sums_apart) {
  if (rows_left >= 5) return tile<T, kTile, NV>(rows, row, panel, apart, column, sums, sums_apart);
  if (rows_left >= 3) return tile<T, 4, NV>(rows, row, panel, apart, column, sums, sums_apart);
  if (rows_left == 2) return tile<T, 2, NV>(rows, row, panel, apart, column, sums, sums_apart);
  return tile<T, 1, NV>(rows, row, panel, apart, column, sums, sums_apart);
}

// `panels` neighbouring panels, `columns` channels in all, over `count` rows: results to `y`, that of pixel 0.
template <class T, int Panels>
PAW_INLINE void multiply(const Forward& f, const std::byte* panel, long columns, long count, std::uint8_t* y) {
  constexpr bool kWhole = T::kLanes == kPanel;
  constexpr int kVectors = kWhole ? Panels : 2;
  constexpr int kWidth = Panels * kPanel;
  const long apart = conv_i8_panel_bytes(f.p.shape);
  std::int32_t sums[kTile * kWidth], scale[kWidth], shift[kWidth];
  PAW_UNROLL for (int i = 0; i < Panels; ++i) {
    const auto* head = reinterpret_cast<const std::int32_t*>(panel + i * apart);
    __builtin_memcpy(scale + i * kPanel, head + kPanel, kPanel * 4);
    __builtin_memcpy(shift + i * kPanel, head + 2 * kPanel, kPanel * 4);
  }
  for (long r = 0; r < count; r += kTile) {
    const long left = count - r < kTile ? count - r : kTile;
    const std::int16_t* rows = f.rows + r * f.row;
    if constexpr (kWhole) {
      tile_of<T, kVectors>(left, rows, f.row, panel, apart, 0, sums, kWidth);
    } else {
      for (int c = 0; c < kPanel; c += kVectors * T::kLanes) {
        tile_of<T, kVectors>(left, rows, f.row, panel, apart, c, sums + c, kWidth);
      }
    }
    quant_detail::finish_rows<T>(f.finish, sums, kWidth, scale, shift, left, columns, y + r * f.p.shape.out_c,
                                 f.p.shape.out_c);
  }
}

// The panels [first, end) of a group over the rows laid out, the first of which is flat pixel `pixel`.
template <class T>
void panels(const Forward& f, long group, long first, long end, long pixel, long count) {
  constexpr int kMost = T::kLanes == kPanel ? 2 : 1;
  const ConvShape& s = f.p.shape;
  const long of_group = s.out_c / s.groups;
  const std::byte* panel = f.packed + (group * conv_group_panels(s) + first) * conv_i8_panel_bytes(s);
  for (long i = first; i < end;) {
    const long left = of_group - i * kPanel;
    std::uint8_t* y = f.y + pixel * s.out_c + group * of_group + i * kPanel;
    if (kMost == 2 && i + 2 <= end) {
      multiply<T, kMost>(f, panel, left < 2 * kPanel ? left : 2 * kPanel, count, y);
      i += 2;
      panel += 2 * conv_i8_panel_bytes(s);
    } else {
      multiply<T, 1>(f, panel, left < kPanel ? left : kPanel, count, y);
      i += 1;
      panel += conv_i8_panel_bytes(s);
    }
  }
}

template <class T>
void conv(const ConvI8& p, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y, std::int16_t* scratch,
          Range units) {
  const ConvShape& s = p.shape;
  const Forward f{p, x, packed, y, scratch, conv_i8_row(s), {p.way, p.y}};
  const long of_group = conv_group_panels(s), all = conv_pixels(s);
  if (conv_by_panels(s)) {
    for (long u = units.begin; u < units.end;) {
      const long group = u / of_group, first = u % of_group;
      const long end = of_group - first < units.end - u ? of_group : first + units.end - u;
      lay_rows<T>(f, 0, all, group);
      panels<T>(f, group, first, end, 0, all);
      u += end - first;
    }
    return;
  }
  const long limit = units.end * p.unit_pixels, end = limit < all ? limit : all, block = conv_i8_block(s);
  for (long at = units.begin * p.unit_pixels; at < end; at += block) {
    const long count = end - at < block ? end - at : block;
    for (long group = 0; group < s.groups; ++group) {
      lay_rows<T>(f, at, count, group);
      panels<T>(f, group, 0, of_group, at, count);
    }
  }
}

}  // namespace paw::conv_i8_detail
