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
  const std::uint8_t *x, *x_end;
  const std::byte* packed;
  std::uint8_t* y;
  std::int16_t* rows;
  long row;      // numbers of a row
  Range inside;  // output columns whose windows stay between the left and right edge
};

// The taps [begin, end) of a kernel row that lie inside the image.
struct Taps {
  int begin, end;
};

PAW_INLINE Taps taps_inside(long first, int count, int step, int extent) {
  Taps t{0, count};
  while (t.begin < t.end && first + static_cast<long>(t.begin) * step < 0) ++t.begin;
  while (t.end > t.begin && first + static_cast<long>(t.end - 1) * step >= extent) --t.end;
  return t;
}

// A loop, no call: mostly there is nothing or little to fill.
PAW_INLINE std::int16_t* zeros(std::int16_t* to, long count) {
  for (long i = 0; i < count; ++i) to[i] = 0;
  return to + count;
}

// A window that lies inside the image and whose kernel rows are runs of `length` bytes, `line` apart. Each run writes a
// little into what the next one fills.
template <class T>
PAW_INLINE void lay_inner(const Forward& f, const std::uint8_t* from, long line, long length, std::int16_t* to) {
  const bool is_signed = f.p.x_signed != 0;
  const long runs = f.p.shape.kernel_h;
  for (long ky = 0; ky < runs; ++ky, from += line, to += length) {
    if (f.x_end - from >= length + kConvOver) {
      T::widen_over(from, to, length, is_signed, f.p.x_zero);
    } else {
      T::widen(from, to, length, is_signed, f.p.x_zero);
    }
  }
  zeros(to, f.row - runs * length);
}

// The window of one output pixel, channels of `group`.
template <class T>
PAW_INLINE void lay_window(const Forward& f, long n, long oy, long ox, long group, std::int16_t* to) {
  const ConvShape& s = f.p.shape;
  const bool is_signed = f.p.x_signed != 0;
  const std::int32_t zero = f.p.x_zero;
  const long channels = s.in_c / s.groups, all = static_cast<long>(s.kernel_h) * s.kernel_w * channels;
  const long iy0 = oy * s.stride_h - s.pad_top, ix0 = ox * s.stride_w - s.pad_left;
  const bool one_run = s.groups == 1 && s.dilation_w == 1;
  const bool whole = ox >= f.inside.begin && ox < f.inside.end;
  const long line_bytes = static_cast<long>(s.in_w) * s.in_c, down = static_cast<long>(s.kernel_h - 1) * s.dilation_h;
  if (one_run && whole && iy0 >= 0 && iy0 + down < s.in_h) {
    const std::uint8_t* from = f.x + (n * s.in_h + iy0) * line_bytes + ix0 * s.in_c;
    return lay_inner<T>(f, from, s.dilation_h * line_bytes, s.kernel_w * channels, to);
  }
  const Taps across = whole ? Taps{0, s.kernel_w} : taps_inside(ix0, s.kernel_w, s.dilation_w, s.in_w);
  zeros(to + all, f.row - all);
  for (int ky = 0; ky < s.kernel_h; ++ky) {
    const long iy = iy0 + static_cast<long>(ky) * s.dilation_h;
    if (iy < 0 || iy >= s.in_h || across.begin == across.end) {
      to = zeros(to, s.kernel_w * channels);
      continue;
    }
    to = zeros(to, across.begin * channels);
    const std::uint8_t* line = f.x + (n * s.in_h + iy) * line_bytes + group * channels;
    if (one_run) {
      const long length = (across.end - across.begin) * channels;
      T::widen(line + (ix0 + across.begin) * s.in_c, to, length, is_signed, zero);
      to += length;
    } else {
      for (int kx = across.begin; kx < across.end; ++kx, to += channels) {
        T::widen(line + (ix0 + static_cast<long>(kx) * s.dilation_w) * s.in_c, to, channels, is_signed, zero);
      }
    }
    to = zeros(to, (s.kernel_w - across.end) * channels);
  }
}

// Pixel i of the result reads pixel i alone. Without groups and odd numbers, rows lie as pixels do.
template <class T>
void lay_pixels(const Forward& f, long first, long count, long group) {
  const ConvShape& s = f.p.shape;
  const bool is_signed = f.p.x_signed != 0;
  const long channels = s.in_c / s.groups;
  const std::uint8_t* x = f.x + first * s.in_c + group * channels;
  if (s.groups == 1 && channels == f.row) return T::widen(x, f.rows, count * channels, is_signed, f.p.x_zero);
  for (long i = 0; i < count; ++i) {
    std::int16_t* to = f.rows + i * f.row;
    T::widen(x + i * s.in_c, to, channels, is_signed, f.p.x_zero);
    zeros(to + channels, f.row - channels);
  }
}

// `count` pixels from flat pixel `first`.
template <class T>
void lay_rows(const Forward& f, long first, long count, long group) {
  const ConvShape& s = f.p.shape;
  if (conv_pointwise(s)) return lay_pixels<T>(f, first, count, group);
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

// NV vectors of columns of packed weights: of one panel from `column`, or, where a vector is as wide as a panel, of NV
// panels `apart` bytes from each other.
template <class T>
struct Columns {
  const std::byte* panel;
  long apart;
  int column;

  // Vector v of the numbers from `offset` bytes behind the panel's begin, four bytes a column.
  PAW_INLINE const std::byte* at(long offset, int v) const {
    const long step = T::kLanes == kPanel ? v * apart : static_cast<long>(v) * T::kLanes * 4;
    return panel + offset + column * 4L + step;
  }
  PAW_INLINE typename T::V head(int row, int v) const {
    return T::load(reinterpret_cast<const std::int32_t*>(at(row * kPanel * 4L, v)));
  }
};

// Results of MR rows and NV vectors of columns; of the first `rows_left` and `columns` alone are stored.
template <class T, Requantise W, int MR, int NV>
PAW_INLINE void tile(const Forward& f, const std::int16_t* rows, long rows_left, const Columns<T>& from, int columns,
                     std::uint8_t* y) {
  using V = typename T::V;
  const long row = f.row;
  V acc[MR][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V bias = from.head(0, v);
    PAW_UNROLL for (int r = 0; r < MR; ++r) acc[r][v] = bias;
  }
  const std::byte* weights = from.at(kPanelHead, 0);
  const long step = from.at(0, 1) - from.at(0, 0);
  for (long k = 0; k < row; k += 2) {
    typename T::P w[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) w[v] = T::pairs(reinterpret_cast<const std::int16_t*>(weights + v * step));
    weights += kPanel * 4;
    PAW_UNROLL for (int r = 0; r < MR; ++r) {
      const auto x = T::pair(rows + r * row + k);
      PAW_UNROLL for (int v = 0; v < NV; ++v) acc[r][v] = T::multiply_add(acc[r][v], x, w[v]);
    }
  }
  const Quantised q = f.p.y;  // a copy: bytes that are written may not be it
  const long y_apart = f.p.shape.out_c;
  V scale[NV], shift[NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    scale[v] = from.head(1, v);
    shift[v] = from.head(2, v);
  }
  PAW_UNROLL for (int r = 0; r < MR; ++r) {
    if (r >= rows_left) return;
    V out[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) out[v] = quant_detail::finished<T, W>(acc[r][v], scale[v], shift[v], q);
    quant_detail::store_row<T, NV>(y + r * y_apart, out, columns);
  }
}

// `count` rows, as many at a time as there are, at least: what is behind them is computed for nothing.
template <class T, Requantise W, int NV>
void column_tiles(const Forward& f, long count, const Columns<T>& from, int columns, std::uint8_t* y) {
  long r = 0;
  for (; r + kTile <= count; r += kTile) {
    tile<T, W, kTile, NV>(f, f.rows + r * f.row, kTile, from, columns, y + r * f.p.shape.out_c);
  }
  const long left = count - r;
  const std::int16_t* rows = f.rows + r * f.row;
  y += r * f.p.shape.out_c;
  if (left >= 5) return tile<T, W, kTile, NV>(f, rows, left, from, columns, y);
  if (left >= 3) return tile<T, W, 4, NV>(f, rows, left, from, columns, y);
  if (left == 2) return tile<T, W, 2, NV>(f, rows, left, from, columns, y);
  if (left == 1) tile<T, W, 1, NV>(f, rows, left, from, columns, y);
}

// One panel of at most 16 channels over the rows laid out; results from `y`, that of row 0.
template <class T, Requantise W>
PAW_INLINE void one_panel(const Forward& f, long count, const std::byte* panel, int columns, std::uint8_t* y) {
  using Eight = typename T::Eight;
  if (columns <= 8) {
    if constexpr (Eight::kLanes == 8) return column_tiles<Eight, W, 1>(f, count, {panel, 0, 0}, columns, y);
    return column_tiles<Eight, W, 2>(f, count, {panel, 0, 0}, columns, y);
  }
  if constexpr (T::kLanes == kPanel) return column_tiles<T, W, 1>(f, count, {panel, 0, 0}, columns, y);
  for (int c = 0; c < columns; c += 2 * T::kLanes) {
    column_tiles<T, W, 2>(f, count, {panel, 0, c}, columns - c, y + c);
  }
}

// The panels [first, end) of a group over the rows laid out, the first of which is flat pixel `pixel`.
template <class T, Requantise W>
void panels(const Forward& f, long group, long first, long end, long pixel, long count) {
  const ConvShape& s = f.p.shape;
  const long of_group = s.out_c / s.groups, apart = conv_i8_panel_bytes(s);
  const std::byte* panel = f.packed + (group * conv_group_panels(s) + first) * apart;
  for (long i = first; i < end; ++i, panel += apart) {
    const long left = of_group - i * kPanel;
    std::uint8_t* y = f.y + pixel * s.out_c + group * of_group + i * kPanel;
    if constexpr (T::kLanes == kPanel) {
      if (i + 2 <= end && left > kPanel + 8) {
        column_tiles<T, W, 2>(f, count, {panel, apart, 0}, static_cast<int>(left < 2 * kPanel ? left : 2 * kPanel), y);
        ++i;
        panel += apart;
        continue;
      }
    }
    one_panel<T, W>(f, count, panel, static_cast<int>(left < kPanel ? left : kPanel), y);
  }
}

template <class T, Requantise W>
void run(const Forward& f, Range units) {
  const ConvI8& p = f.p;
  const ConvShape& s = p.shape;
  const long of_group = conv_group_panels(s), all = conv_pixels(s);
  if (conv_by_panels(s)) {
    for (long u = units.begin; u < units.end;) {
      const long group = u / of_group, first = u % of_group;
      const long end = of_group - first < units.end - u ? of_group : first + units.end - u;
      lay_rows<T>(f, 0, all, group);
      panels<T, W>(f, group, first, end, 0, all);
      u += end - first;
    }
    return;
  }
  const long limit = units.end * p.unit_pixels, end = limit < all ? limit : all, block = conv_i8_block(s);
  for (long at = units.begin * p.unit_pixels; at < end; at += block) {
    const long count = end - at < block ? end - at : block;
    for (long group = 0; group < s.groups; ++group) {
      lay_rows<T>(f, at, count, group);
      panels<T, W>(f, group, 0, of_group, at, count);
    }
  }
}

template <class T>
void conv(const ConvI8& p, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y, std::int16_t* scratch,
          Range units) {
  const ConvShape& s = p.shape;
  const std::uint8_t* x_end = x + static_cast<long>(s.batch) * s.in_h * s.in_w * s.in_c;
  const Forward f{p, x, x_end, packed, y, scratch, conv_i8_row(s), conv_inner_columns(s)};
  quant_detail::for_way(p.way, [&]<Requantise W>() PAW_INLINE_LAMBDA { run<T, W>(f, units); });
}

}  // namespace paw::conv_i8_detail
