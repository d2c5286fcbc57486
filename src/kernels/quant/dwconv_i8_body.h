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
constexpr long kNone = -(__LONG_MAX__ / 4);  // a row that no window reads

struct Depthwise {
  const DwconvI8& p;
  const std::uint8_t* x;
  const std::uint8_t* x_end;
  const std::byte* packed;
  std::uint8_t* y;
  std::int16_t* pairs;  // [pair][column][16][2]
  long* held;           // of each pair: its first image row, counted through all images
  long columns;
};

// `count` channels of a pixel; the others of the 16 stay as they are: what they give is never stored.
PAW_INLINE void gather(const ConvShape& s, const std::uint8_t* pixel, long first, int count, std::uint8_t* to) {
  const long multiplier = s.out_c / s.in_c;
  for (int c = 0; c < count; ++c) to[c] = pixel[(first + c) / multiplier];
}

// Image rows `upper` and `lower` (null: outside) as pairs, output channels [first, first + count).
template <class T>
void widen_pair(const Depthwise& f, const std::uint8_t* upper, const std::uint8_t* lower, long first, int count,
                std::int16_t* to) {
  const ConvShape& s = f.p.shape;
  const bool is_signed = f.p.x_signed != 0;
  const std::int32_t zero = f.p.x_zero;
  alignas(16) std::uint8_t nothing[kPanel], above[kPanel], below[kPanel];
  __builtin_memset(nothing, zero & 0xFF, kPanel);
  __builtin_memset(above, zero & 0xFF, kPanel);
  __builtin_memset(below, zero & 0xFF, kPanel);
  const long begin = s.pad_left < f.columns ? s.pad_left : f.columns;
  const long end = begin + s.in_w < f.columns ? begin + s.in_w : f.columns;
  __builtin_memset(to, 0, static_cast<unsigned long>(begin) * kPanel * 4);
  __builtin_memset(to + end * kPanel * 2, 0, static_cast<unsigned long>(f.columns - end) * kPanel * 4);
  to += begin * kPanel * 2;
  long column = begin;
  if (s.out_c == s.in_c) {
    // 16 bytes at once, those of other channels too, as long as they exist.
    const std::uint8_t* last = lower != nullptr ? lower : upper;
    const long room = f.x_end - last - first - kPanel, readable = room < 0 ? 0 : room / s.in_c + 1;
    const long direct = begin + readable < end ? begin + readable : end;
    const std::uint8_t* a = upper != nullptr ? upper + first : nothing;
    const std::uint8_t* b = lower != nullptr ? lower + first : nothing;
    const long step_a = upper != nullptr ? s.in_c : 0, step_b = lower != nullptr ? s.in_c : 0;
    for (; column < direct; ++column, a += step_a, b += step_b, to += kPanel * 2) {
      T::interleave16(a, b, to, is_signed, zero);
    }
  }
  for (; column < end; ++column, to += kPanel * 2) {
    const long at = (column - begin) * s.in_c;
    if (upper != nullptr) gather(s, upper + at, first, count, above);
    if (lower != nullptr) gather(s, lower + at, first, count, below);
    T::interleave16(above, below, to, is_signed, zero);
  }
}

// A block of channels of one output row: what its tiles read.
struct Row {
  const std::int16_t* const* at;  // of each pair that counts: its columns
  long pairs;
  const std::int16_t* weights;  // of the first of those pairs
  const std::int32_t* head;     // biases, scales, shifts
  int count;                    // channels
  std::uint8_t* y;              // of pixel 0
};

// P pixels from `ox`, NV vectors of channels from `column`.
template <class T, Requantise W, int P, int NV>
PAW_INLINE void tile(const DwconvI8& params, const Row& row, long ox, int column) {
  using V = typename T::V;
  const ConvShape& s = params.shape;
  const long pixel = static_cast<long>(s.stride_w) * kPanel * 2, tap = static_cast<long>(s.dilation_w) * kPanel * 2;
  const long offset = ox * pixel + 2L * column;
  const std::int32_t* head = row.head + column;
  const std::int16_t* weights = row.weights + 2L * column;
  V acc[P][NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V bias = T::load(head + v * T::kLanes);
    PAW_UNROLL for (int p = 0; p < P; ++p) acc[p][v] = bias;
  }
  for (long pair = 0; pair < row.pairs; ++pair) {
    const std::int16_t* x = row.at[pair] + offset;
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
  const Quantised q = params.y;  // a copy: bytes that are written may not be it
  PAW_UNROLL for (int p = 0; p < P; ++p) {
    V out[NV];
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const V scale = T::load(head + kPanel + v * T::kLanes), shift = T::load(head + 2 * kPanel + v * T::kLanes);
      out[v] = quant_detail::finished<T, W>(acc[p][v], scale, shift, q);
    }
    quant_detail::store_row<T, NV>(row.y + (ox + p) * s.out_c + column, out, row.count - column);
  }
}

// The whole row, P pixels at a time; the last tile does some pixels of the one before again.
template <class T, Requantise W, int P, int NV>
void row_of_tiles(const DwconvI8& params, const Row& row, int column) {
  const long width = params.shape.out_w;
  long ox = 0;
  for (; ox + P <= width; ox += P) tile<T, W, P, NV>(params, row, ox, column);
  if (ox < width && width >= P) return tile<T, W, P, NV>(params, row, width - P, column);
  for (; ox < width; ++ox) tile<T, W, 1, NV>(params, row, ox, column);
}

template <class T, Requantise W>
PAW_INLINE void row_of(const DwconvI8& params, const Row& row) {
  using Eight = typename T::Eight;
  if (row.count <= 8) {
    if constexpr (Eight::kLanes == 8) return row_of_tiles<Eight, W, 8, 1>(params, row, 0);
    return row_of_tiles<Eight, W, 4, 2>(params, row, 0);
  }
  if constexpr (T::kLanes == kPanel) return row_of_tiles<T, W, 7, 1>(params, row, 0);
  for (int c = 0; c < row.count; c += 2 * T::kLanes) row_of_tiles<T, W, 4, 2>(params, row, c);
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
template <class T, Requantise W>
void output_row(const Depthwise& f, long unit, long block, const std::int16_t** at) {
  const ConvShape& s = f.p.shape;
  const long first = block * kPanel, left = s.out_c - first;
  const int count = left < kPanel ? static_cast<int>(left) : kPanel;
  const long iy0 = unit % s.out_h * s.stride_h - s.pad_top;
  long begin = 0, end = 0;
  hold_pairs<T>(f, unit / s.out_h * s.in_h, iy0, first, count, at, begin, end);
  const std::byte* packed = f.packed + block * dwconv_i8_block_bytes(s);
  const auto* weights = reinterpret_cast<const std::int16_t*>(packed + kPanelHead);
  if (dwconv_i8_paired(s) && (iy0 & 1) != 0) weights += dwconv_i8_form_numbers(s);
  const Row row{.at = at + begin,
                .pairs = end > begin ? end - begin : 0,
                .weights = weights + begin * s.kernel_w * kPanel * 2,
                .head = reinterpret_cast<const std::int32_t*>(packed),
                .count = count,
                .y = f.y + unit * s.out_w * s.out_c + first};
  row_of<T, W>(f.p, row);
}

template <class T, Requantise W>
void run(const Depthwise& f, const std::int16_t** at, Range units) {
  const ConvShape& s = f.p.shape;
  for (long block = 0; block < ceil_div(s.out_c, kDwPanel); ++block) {
    for (long k = 0; k < dwconv_i8_pairs(s); ++k) f.held[k] = kNone;
    for (long unit = units.begin; unit < units.end; ++unit) output_row<T, W>(f, unit, block, at);
  }
}

template <class T>
void dwconv(const DwconvI8& p, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y, std::int16_t* scratch,
            Range units) {
  const ConvShape& s = p.shape;
  const long all = dwconv_i8_pairs(s), columns = dwconv_i8_columns(s);
  long* held = reinterpret_cast<long*>(scratch + all * columns * kPanel * 2);
  const auto** at = reinterpret_cast<const std::int16_t**>(held + all);
  const std::uint8_t* x_end = x + static_cast<long>(s.batch) * s.in_h * s.in_w * s.in_c;
  const Depthwise f{p, x, x_end, packed, y, scratch, held, columns};
  quant_detail::for_way(p.way, [&]<Requantise W>() PAW_INLINE_LAMBDA { run<T, W>(f, at, units); });
}

}  // namespace paw::dwconv_i8_detail
