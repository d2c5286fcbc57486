// The body of resizing, shared by all tiers: rows first, then columns, 8 bits in between. Rows that were resized
// horizontally wait in a ring until no column sum needs them. T does the arithmetic on a few bytes at once; it is
// exact, so its order is free.
#pragma once

#include "kernels/image/scratch.h"
#include "kernels/vec/portable.h"

namespace paw::image_detail {

inline constexpr std::int32_t kOne = 1 << kImageWeightBits, kHalf = kOne / 2;

// The portable tier by the compilers' vector extension: four bytes at once.
struct Portable {
  typedef std::int32_t I __attribute__((vector_size(16)));
  typedef std::uint8_t B __attribute__((vector_size(4)));
  static constexpr int kLanes = 4;  // bytes of a column sum at once
  static constexpr int kRows = 4;   // rows resized at once

  static PAW_INLINE I set(std::int32_t x) { return I{x, x, x, x}; }
  static PAW_INLINE I load(const std::uint8_t* p) {
    B bytes;
    __builtin_memcpy(&bytes, p, sizeof(bytes));
    return __builtin_convertvector(bytes, I);
  }
  static PAW_INLINE I add_product(I sum, I weight, I x) { return sum + weight * x; }
  // sum / 2^22, rounded down, as bytes.
  static PAW_INLINE void store(std::uint8_t* p, I sum) {
    I v = sum >> kImageWeightBits;
    v &= ~(v >> 31);
    v |= (set(255) - v) >> 31;
    const B bytes = __builtin_convertvector(v & 255, B);
    __builtin_memcpy(p, &bytes, sizeof(bytes));
  }
  // A pixel of N rows each, from `count` neighbours; reads and writes a byte too many.
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* const* x, const std::int32_t* weights, long count,
                                std::uint8_t* const* to) {
    I sum[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = set(kHalf);
    for (long k = 0; k < count; ++k) {
      const I weight = set(weights[k]);
      PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = add_product(sum[n], weight, load(x[n] + 3 * k));
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) store(to[n], sum[n]);
  }
};

// The ring and the row behind it, in a thread's scratch.
struct Ring {
  std::uint8_t* begin;
  std::uint8_t* end;
  std::uint8_t* row;  // a copy of one of the photo's rows and kImageSlack bytes

  PAW_INLINE Ring(std::byte* scratch, long slots)
      : begin(reinterpret_cast<std::uint8_t*>(scratch)), end(begin + slots * kImageSlot), row(end) {}
  PAW_INLINE std::uint8_t* slot(long i) const { return begin + i % ((end - begin) / kImageSlot) * kImageSlot; }
};

PAW_INLINE void copy(const std::uint8_t* from, std::uint8_t* to, long bytes) {
  __builtin_memcpy(to, from, static_cast<std::size_t>(bytes));
}

// Whether kImageSlack bytes may be read behind row r of the photo.
PAW_INLINE bool has_slack(const ImageResize& p, long r) { return (p.y.source - 1 - r) * p.row_bytes >= kImageSlack; }

// Columns [begin, end) of N rows from r on. Rows share the work of unpacking weights.
template <class T, int N>
PAW_INLINE void resize_rows(const ImageTaps& taps, const std::uint8_t* row, std::int64_t row_bytes, long r, long begin,
                            long end, const Ring& ring) {
  std::uint8_t* to[N];
  PAW_UNROLL for (int n = 0; n < N; ++n) to[n] = ring.slot(r + n);
  for (long i = begin; i < end; ++i) {
    const ImageSpan span = taps.spans[i];
    const std::uint8_t* x[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) x[n] = row + n * row_bytes + 3L * span.first;
    T::template pixels<N>(x, taps.weights + i * taps.stride, span.count, to);
    PAW_UNROLL for (int n = 0; n < N; ++n) to[n] += 3;
  }
}

// Columns [begin, end) of the rows [r, last), maybe of kImageAhead more. Returns the first row that was not resized.
template <class T>
PAW_INLINE long fill_ring(const ImageResize& p, const ImageTaps& taps, const std::uint8_t* photo, long r, long last,
                          long begin, long end, const Ring& ring) {
  static_assert(T::kRows <= kImageAhead + 1);
  if (p.x.scaled == p.x.source) {
    for (; r < last; ++r) copy(photo + r * p.row_bytes + 3 * (p.x.first + begin), ring.slot(r), 3 * (end - begin));
    return r;
  }
  // Nearest may never need the rows ahead.
  const long together = p.filter == ImageFilter::kNearest ? last - T::kRows : last - 1;
  for (; r <= together && has_slack(p, r + T::kRows - 1); r += T::kRows) {
    resize_rows<T, T::kRows>(taps, photo + r * p.row_bytes, p.row_bytes, r, begin, end, ring);
  }
  for (; r < last; ++r) {
    const std::uint8_t* row = photo + r * p.row_bytes;
    if (!has_slack(p, r)) {
      copy(row, ring.row, 3L * p.x.source);
      row = ring.row;
    }
    resize_rows<T, 1>(taps, row, p.row_bytes, r, begin, end, ring);
  }
  return r;
}

// N times T::kLanes bytes of a column sum. The first of `count` rows is at x; behind the ring's end it goes on at its
// begin.
template <class T, int N>
PAW_INLINE void sum_columns(const std::uint8_t* x, const std::int32_t* weights, long count, const Ring& ring,
                            std::uint8_t* to) {
  typename T::I sum[N];
  PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = T::set(kHalf);
  for (long k = 0; k < count; ++k) {
    const typename T::I weight = T::set(weights[k]);
    PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = T::add_product(sum[n], weight, T::load(x + n * T::kLanes));
    x += kImageSlot;
    if (x >= ring.end) x -= ring.end - ring.begin;
  }
  PAW_UNROLL for (int n = 0; n < N; ++n) T::store(to + n * T::kLanes, sum[n]);
}

template <class T>
PAW_INLINE void sum_rows(ImageSpan span, const std::int32_t* weights, const Ring& ring, std::uint8_t* to, long bytes) {
  const std::uint8_t* x = ring.slot(span.first);
  if (span.count == 1 && weights[0] == kOne) {
    copy(x, to, bytes);
    return;
  }
  constexpr long kBlock = 4 * T::kLanes;
  long i = 0;
  for (; i + kBlock <= bytes; i += kBlock) sum_columns<T, 4>(x + i, weights, span.count, ring, to + i);
  for (; i + T::kLanes <= bytes; i += T::kLanes) sum_columns<T, 1>(x + i, weights, span.count, ring, to + i);
  if (i == bytes) return;
  std::uint8_t last[kImageSlack];
  sum_columns<T, 1>(x + i, weights, span.count, ring, last);
  copy(last, to + i, bytes - i);
}

PAW_INLINE void pad(const ImageResize& p, std::uint8_t* row, long begin, long end) {
  __builtin_memset(row + 3 * begin, p.pad_value, static_cast<std::size_t>(3 * (end - begin)));
}

template <class T>
void resize(const ImageResize& p, const ImageTables& tables, const std::uint8_t* photo, std::uint8_t* picture,
            std::byte* scratch, Range units) {
  const long line = 3L * p.x.target, window_end = p.y.pad + p.y.count;
  for (long unit = units.begin; unit < units.end; ++unit) {
    std::uint8_t* row = picture + unit * line;
    const bool inside = unit >= p.y.pad && unit < window_end;
    pad(p, row, 0, inside ? p.x.pad : p.x.target);
    if (inside) pad(p, row, p.x.pad + p.x.count, p.x.target);
  }
  const long first = (units.begin > p.y.pad ? units.begin : p.y.pad) - p.y.pad;
  const long last = (units.end < window_end ? units.end : window_end) - p.y.pad;
  const Ring ring(scratch, image_ring_slots(tables.y.stride));
  for (long begin = 0; first < last && begin < p.x.count; begin += kImageStrip) {
    const long end = begin + kImageStrip < p.x.count ? begin + kImageStrip : p.x.count;
    long next = tables.y.spans[first].first;
    for (long i = first; i < last; ++i) {
      const ImageSpan span = tables.y.spans[i];
      if (next < span.first) next = span.first;
      next = fill_ring<T>(p, tables.x, photo, next, span.first + span.count, begin, end, ring);
      sum_rows<T>(span, tables.y.weights + i * tables.y.stride, ring,
                  picture + (p.y.pad + i) * line + 3 * (p.x.pad + begin), 3 * (end - begin));
    }
  }
}

}  // namespace paw::image_detail
