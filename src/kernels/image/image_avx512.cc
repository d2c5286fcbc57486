// Resizing's arithmetic in AVX-512 with VNNI, whose vpdpbusd adds four products of bytes to a sum. This file is
// compiled with VNNI, which the tier does not promise: what is called from outside only asks for it and passes on.
#include <type_traits>

#include "kernels/image/image_avx2.h"

namespace paw {

std::remove_pointer_t<ImageRowsU8Fn> image_rows_u8_avx2;
std::remove_pointer_t<ImageColumnsU8Fn> image_columns_u8_avx2;

namespace image_detail {

struct Vnni {
  using I = __m512i;
  static constexpr int kRows = 8, kBytes = 64, kTogether = 1;

  static PAW_INLINE I set(std::int32_t x) { return _mm512_set1_epi32(x); }

  // Weights as three digits, a byte with a sign each: w = a + b * 2^8 + c * 2^16. The digits of four neighbours make
  // one lane of 32 bits.
  struct Digits {
    I a, b, c;
    // Of four weights in each quarter: a, b, c and nothing.
    static PAW_INLINE I lanes(I weights) {
      const I offset = set(0x808080);  // a digit with a sign borrows from the next
      const I digits = _mm512_xor_si512(_mm512_add_epi32(weights, offset), offset);
      const I order = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
      return _mm512_shuffle_epi8(digits, order);
    }
  };

  // Sums of products with each digit.
  struct Sums {
    I a, b, c;
    PAW_INLINE void add(I bytes, const Digits& w) {
      a = _mm512_dpbusd_epi32(a, bytes, w.a);
      b = _mm512_dpbusd_epi32(b, bytes, w.b);
      c = _mm512_dpbusd_epi32(c, bytes, w.c);
    }
    PAW_INLINE I total() const {
      return _mm512_add_epi32(a, _mm512_add_epi32(_mm512_slli_epi32(b, 8), _mm512_slli_epi32(c, 16)));
    }
  };

  // Eight neighbours of two rows at once: a row is half of a register, four neighbours a quarter. Reads up to 29 bytes
  // too many, with weights of zero, and writes one too many.
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* x, long stride, const std::int32_t* weights, long count,
                                std::uint8_t* to, long to_stride) {
    constexpr int kPairs = (N + 1) / 2;
    const I quarters = _mm512_setr_epi32(0, 1, 2, 3, 3, 4, 5, 6, 8, 9, 10, 11, 11, 12, 13, 14);
    const I channels = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, -1, -1, -1, -1));
    const auto load = [](const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); };
    Sums sums[kPairs];
    PAW_UNROLL for (int n = 0; n < kPairs; ++n) sums[n] = {set(0), set(0), set(0)};
    for (long k = 0; k < count; k += 8, x += 24) {
      const I lanes = Digits::lanes(_mm512_broadcast_i64x4(load(reinterpret_cast<const std::uint8_t*>(weights + k))));
      const Digits w{_mm512_shuffle_epi32(lanes, _MM_PERM_AAAA), _mm512_shuffle_epi32(lanes, _MM_PERM_BBBB),
                     _mm512_shuffle_epi32(lanes, _MM_PERM_CCCC)};
      PAW_UNROLL for (int n = 0; n < kPairs; ++n) {
        const std::uint8_t* first = x + 2 * n * stride;
        I bytes = _mm512_castsi256_si512(load(first));
        if (N > 1) bytes = _mm512_inserti64x4(bytes, load(first + stride), 1);
        sums[n].add(_mm512_shuffle_epi8(_mm512_permutexvar_epi32(quarters, bytes), channels), w);
      }
    }
    if constexpr (N == kRows) {
      store_pixels(sums, to, to_stride);
    } else {
      static_assert(N == 1);
      Avx2::store_pixel(to, _mm512_castsi512_si256(sums[0].total()));
    }
  }

  // The pixels of eight rows, one each; the sums of a row are those of both quarters of its half.
  static PAW_INLINE void store_pixels(const Sums* sums, std::uint8_t* to, long to_stride) {
    const auto four_rows = [&](const Sums* pair) PAW_INLINE_LAMBDA {
      const I one = pair[0].total(), two = pair[1].total();
      const I sum = _mm512_add_epi32(_mm512_shuffle_i32x4(one, two, 0x88), _mm512_shuffle_i32x4(one, two, 0xDD));
      return _mm512_srai_epi32(_mm512_add_epi32(sum, set(kHalf)), kImageWeightBits);
    };
    const I words = _mm512_packs_epi32(four_rows(sums), four_rows(sums + 2));
    const I pixels = _mm512_packus_epi16(words, words);  // of rows 0 and 4, 1 and 5, 2 and 6, 3 and 7
    Avx2::store_two(_mm512_castsi512_si128(pixels), to, 4 * to_stride);
    Avx2::store_two(_mm512_extracti32x4_epi32(pixels, 1), to + to_stride, 4 * to_stride);
    Avx2::store_two(_mm512_extracti32x4_epi32(pixels, 2), to + 2 * to_stride, 4 * to_stride);
    Avx2::store_two(_mm512_extracti32x4_epi32(pixels, 3), to + 3 * to_stride, 4 * to_stride);
  }

  // Those of four rows at once.
  struct Weights {
    std::int32_t digits[kImageRows / 4][4];
    PAW_INLINE Weights(const std::int32_t* weights, long count) {
      for (long k = 0; k < count; k += 4) {
        const __mmask8 held = static_cast<__mmask8>(count - k < 4 ? (1 << (count - k)) - 1 : 0xF);
        const I w = Digits::lanes(_mm512_castsi128_si512(_mm_maskz_loadu_epi32(held, weights + k)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(digits[k / 4]), _mm512_castsi512_si128(w));
      }
    }
    PAW_INLINE Digits of(long k) const {
      const std::int32_t* d = digits[k / 4];
      return {set(d[0]), set(d[1]), set(d[2])};
    }
  };

  // The sums of 64 bytes are in four registers, each holding four of every sixteen.
  template <int N>
  static PAW_INLINE void columns(const std::uint8_t* x, long stride, const Weights& weights, long count,
                                 const std::int32_t* before, std::int32_t* after, std::uint8_t* to) {
    Sums sums[4 * N];
    PAW_UNROLL for (int n = 0; n < 4 * N; ++n) {
      sums[n] = {before == nullptr ? set(kHalf) : _mm512_loadu_si512(before + 16 * n), set(0), set(0)};
    }
    const auto add = [&](const Digits& w, const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c,
                         const std::uint8_t* d) PAW_INLINE_LAMBDA {
      PAW_UNROLL for (int n = 0; n < N; ++n) {
        const auto load = [&](const std::uint8_t* p) PAW_INLINE_LAMBDA { return _mm512_loadu_si512(p + n * kBytes); };
        const I first = load(a), second = load(b), third = load(c), fourth = load(d);
        const I low = _mm512_unpacklo_epi8(first, second), low_2 = _mm512_unpacklo_epi8(third, fourth);
        const I high = _mm512_unpackhi_epi8(first, second), high_2 = _mm512_unpackhi_epi8(third, fourth);
        sums[4 * n].add(_mm512_unpacklo_epi16(low, low_2), w);
        sums[4 * n + 1].add(_mm512_unpackhi_epi16(low, low_2), w);
        sums[4 * n + 2].add(_mm512_unpacklo_epi16(high, high_2), w);
        sums[4 * n + 3].add(_mm512_unpackhi_epi16(high, high_2), w);
      }
    };
    long k = 0;
    for (; k + 4 <= count; k += 4, x += 4 * stride) {
      add(weights.of(k), x, x + stride, x + 2 * stride, x + 3 * stride);
    }
    // Rows that are not there have weights of zero.
    if (k < count) {
      add(weights.of(k), x, k + 1 < count ? x + stride : x, k + 2 < count ? x + 2 * stride : x, x);
    }
    I total[4 * N];
    PAW_UNROLL for (int n = 0; n < 4 * N; ++n) total[n] = sums[n].total();
    if (after != nullptr) {
      PAW_UNROLL for (int n = 0; n < 4 * N; ++n) _mm512_storeu_si512(after + 16 * n, total[n]);
      return;
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) {
      I words[2];
      PAW_UNROLL for (int h = 0; h < 2; ++h) {
        words[h] = _mm512_packs_epi32(_mm512_srai_epi32(total[4 * n + 2 * h], kImageWeightBits),
                                      _mm512_srai_epi32(total[4 * n + 2 * h + 1], kImageWeightBits));
      }
      _mm512_storeu_si512(to + n * kBytes, _mm512_packus_epi16(words[0], words[1]));
    }
  }
};

bool has_vnni() { return __builtin_cpu_supports("avx512vnni"); }

}  // namespace image_detail

void image_rows_u8_avx512(const ImageTaps& taps, Range columns, const std::uint8_t* from, std::int64_t from_stride,
                          std::uint8_t* to, std::int64_t to_stride, std::int64_t count) {
  const auto run = image_detail::has_vnni() ? image_detail::rows<image_detail::Vnni> : image_rows_u8_avx2;
  run(taps, columns, from, from_stride, to, to_stride, count);
}

void image_columns_u8_avx512(const std::uint8_t* rows, std::int64_t stride, const std::int32_t* weights,
                             std::int64_t count, const std::int32_t* before, std::int32_t* after, std::uint8_t* to,
                             std::int64_t bytes) {
  const auto run = image_detail::has_vnni() ? image_detail::columns<image_detail::Vnni> : image_columns_u8_avx2;
  run(rows, stride, weights, count, before, after, to, bytes);
}

}  // namespace paw
