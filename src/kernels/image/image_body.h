// The bodies of resizing rows and of summing columns, shared by all tiers. T does the arithmetic on a few bytes at
// once; it is exact, so its order is free.
#pragma once

#include "kernels/image/image.h"
#include "kernels/vec/portable.h"

namespace paw::image_detail {

inline constexpr std::int32_t kOne = 1 << kImageWeightBits, kHalf = kOne / 2;

// The portable tier by the compilers' vector extension: four bytes at once.
struct Portable {
  typedef std::int32_t I __attribute__((vector_size(16)));
  typedef std::uint8_t B __attribute__((vector_size(4)));
  static constexpr int kRows = 4;  // rows resized at once
  // Of columns: bytes that are summed as a unit, and units at once.
  static constexpr int kBytes = 4, kTogether = 4;

  static PAW_INLINE I set(std::int32_t x) { return I{x, x, x, x}; }
  static PAW_INLINE I load(const std::uint8_t* p) {
    B bytes;
    __builtin_memcpy(&bytes, p, sizeof(bytes));
    return __builtin_convertvector(bytes, I);
  }
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
  static PAW_INLINE void pixels(const std::uint8_t* x, long stride, const std::int32_t* weights, long count,
                                std::uint8_t* to, long to_stride) {
    I sum[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = set(kHalf);
    for (long k = 0; k < count; ++k) {
      const I weight = set(weights[k]);
      PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] += weight * load(x + n * stride + 3 * k);
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) store(to + n * to_stride, sum[n]);
  }
  // N x kBytes columns; before, after and to as in ImageColumnsU8Fn.
  struct Weights {
    const std::int32_t* of_row;
    PAW_INLINE Weights(const std::int32_t* weights, long) : of_row(weights) {}
  };
  template <int N>
  static PAW_INLINE void columns(const std::uint8_t* x, long stride, const Weights& weights, long count,
                                 const std::int32_t* before, std::int32_t* after, std::uint8_t* to) {
    I sum[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] = set(kHalf);
    if (before != nullptr) __builtin_memcpy(sum, before, sizeof(sum));
    for (long k = 0; k < count; ++k, x += stride) {
      const I weight = set(weights.of_row[k]);
      PAW_UNROLL for (int n = 0; n < N; ++n) sum[n] += weight * load(x + n * kBytes);
    }
    if (after != nullptr) {
      __builtin_memcpy(after, sum, sizeof(sum));
    } else {
      PAW_UNROLL for (int n = 0; n < N; ++n) store(to + n * kBytes, sum[n]);
    }
  }
};

// A pixel per column of N rows. Rows share the work of unpacking weights.
template <class T, int N>
PAW_INLINE void resize_rows(const ImageTaps& taps, Range columns, const std::uint8_t* from, long from_stride,
                            std::uint8_t* to, long to_stride) {
  for (long i = columns.begin; i < columns.end; ++i, to += 3) {
    const ImageSpan span = taps.spans[i];
    T::template pixels<N>(from + 3L * span.first, from_stride, taps.weights + i * taps.stride, span.count, to,
                          to_stride);
  }
}

template <class T>
void rows(const ImageTaps& taps, Range columns, const std::uint8_t* from, long from_stride, std::uint8_t* to,
          long to_stride, long count) {
  for (; count >= T::kRows; count -= T::kRows, from += T::kRows * from_stride, to += T::kRows * to_stride) {
    resize_rows<T, T::kRows>(taps, columns, from, from_stride, to, to_stride);
  }
  for (; count > 0; --count, from += from_stride, to += to_stride) {
    resize_rows<T, 1>(taps, columns, from, from_stride, to, to_stride);
  }
}

template <class T>
void columns(const std::uint8_t* x, long stride, const std::int32_t* weights, long count, const std::int32_t* before,
             std::int32_t* after, std::uint8_t* to, long bytes) {
  if (count == 1 && weights[0] == kOne && before == nullptr && after == nullptr) {
    __builtin_memcpy(to, x, static_cast<std::size_t>(bytes));
    return;
  }
  const typename T::Weights prepared{weights, count};
  const auto at = [](auto* sums, long i) { return sums == nullptr ? sums : sums + i; };
  constexpr long kBlock = T::kTogether * T::kBytes;
  long i = 0;
  for (; i + kBlock <= bytes; i += kBlock) {
    T::template columns<T::kTogether>(x + i, stride, prepared, count, at(before, i), at(after, i), to + i);
  }
  for (; i + T::kBytes <= bytes; i += T::kBytes) {
    T::template columns<1>(x + i, stride, prepared, count, at(before, i), at(after, i), to + i);
  }
  if (i == bytes) return;
  std::uint8_t last[T::kBytes];
  T::template columns<1>(x + i, stride, prepared, count, at(before, i), at(after, i), last);
  if (after == nullptr) __builtin_memcpy(to + i, last, static_cast<std::size_t>(bytes - i));
}

}  // namespace paw::image_detail
