// Resizing's arithmetic in AVX2. Included only by *_avx2.cc and *_avx512.cc files.
#pragma once

#include <immintrin.h>

#include "kernels/image/image_body.h"

namespace paw::image_detail {

struct Avx2 {
  using I = __m256i;
  static constexpr int kRows = 4, kBytes = 16, kTogether = 2;

  // Six bytes of each half, two pixels, as words: R R G G B B 0 0.
  static PAW_INLINE __m256i words() {
    return _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                            6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  }
  // The pixel whose sum is that of both halves, before rounding.
  static PAW_INLINE void store_pixel(std::uint8_t* to, __m256i sum) {
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    const __m128i total = _mm_srai_epi32(_mm_add_epi32(half, _mm_set1_epi32(kHalf)), kImageWeightBits);
    const __m128i words = _mm_packs_epi32(total, total);
    const int pixel = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    __builtin_memcpy(to, &pixel, sizeof(pixel));
  }

  // Four neighbours at once, two in each half, as 16-bit words: weight = high * 2^15 + low, so that two vpmaddwd do the
  // work of vpmulld. Reads up to 13 bytes too many, with weights of zero, and writes one too many.
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* x, long stride, const std::int32_t* weights, long count,
                                std::uint8_t* to, long to_stride) {
    const __m256i words = Avx2::words();
    __m256i low[N], high[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) low[n] = high[n] = _mm256_setzero_si256();
    for (long k = 0; k < count; k += 4) {
      const __m128i w = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights + k));
      const __m128i halves = _mm_packs_epi32(_mm_and_si128(w, _mm_set1_epi32(0x7FFF)), _mm_srai_epi32(w, 15));
      const __m256i both = _mm256_castsi128_si256(halves);
      const __m256i low_w = _mm256_permutevar8x32_epi32(both, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
      const __m256i high_w = _mm256_permutevar8x32_epi32(both, _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3));
      PAW_UNROLL for (int n = 0; n < N; ++n) {
        const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + n * stride + 3 * k));
        const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(raw), words);
        low[n] = _mm256_add_epi32(low[n], _mm256_madd_epi16(pixels, low_w));
        high[n] = _mm256_add_epi32(high[n], _mm256_madd_epi16(pixels, high_w));
      }
    }
    I sums[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) sums[n] = _mm256_add_epi32(low[n], _mm256_slli_epi32(high[n], 15));
    if constexpr (N == kRows) {
      store_pixels(sums, to, to_stride);
    } else {
      PAW_UNROLL for (int n = 0; n < N; ++n) store_pixel(to + n * to_stride, sums[n]);
    }
  }

  // store_pixel of four rows.
  static PAW_INLINE void store_pixels(const I* sums, std::uint8_t* to, long to_stride) {
    const auto two_rows = [&](I one, I two) PAW_INLINE_LAMBDA {
      const I sum =
          _mm256_add_epi32(_mm256_permute2x128_si256(one, two, 0x20), _mm256_permute2x128_si256(one, two, 0x31));
      return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(kHalf)), kImageWeightBits);
    };
    const I words = _mm256_packs_epi32(two_rows(sums[0], sums[1]), two_rows(sums[2], sums[3]));
    const I pixels = _mm256_packus_epi16(words, words);  // of rows 0 and 2, 1 and 3
    store_two(_mm256_castsi256_si128(pixels), to, 2 * to_stride);
    store_two(_mm256_extracti128_si256(pixels, 1), to + to_stride, 2 * to_stride);
  }
  static PAW_INLINE void store_two(__m128i pixels, std::uint8_t* to, long stride) {
    const int first = _mm_cvtsi128_si32(pixels), second = _mm_extract_epi32(pixels, 1);
    __builtin_memcpy(to, &first, sizeof(first));
    __builtin_memcpy(to + stride, &second, sizeof(second));
  }

  // Those of two rows at once, as 16-bit words.
  struct Weights {
    std::int32_t low[kImageRows / 2], high[kImageRows / 2];
    PAW_INLINE Weights(const std::int32_t* weights, long count) {
      const auto words = [](std::int32_t a, std::int32_t b) {
        return static_cast<std::int32_t>((static_cast<std::uint32_t>(a) & 0xFFFF) | static_cast<std::uint32_t>(b)
                                                                                        << 16);
      };
      for (long k = 0; k < count; k += 2) {
        const std::int32_t a = weights[k], b = k + 1 < count ? weights[k + 1] : 0;
        low[k / 2] = words(a & 0x7FFF, b & 0x7FFF);
        high[k / 2] = words(a >> 15, b >> 15);
      }
    }
  };
  // The sums of sixteen bytes are in two registers: of bytes 0-3 and 8-11, of 4-7 and 12-15.
  template <int N>
  static PAW_INLINE void columns(const std::uint8_t* x, long stride, const Weights& weights, long count,
                                 const std::int32_t* before, std::int32_t* after, std::uint8_t* to) {
    const auto load = [](const std::uint8_t* p) {
      return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    };
    I low[2 * N], high[2 * N];
    PAW_UNROLL for (int n = 0; n < 2 * N; ++n) {
      low[n] =
          before == nullptr ? _mm256_set1_epi32(kHalf) : _mm256_loadu_si256(reinterpret_cast<const I*>(before + 8 * n));
      high[n] = _mm256_setzero_si256();
    }
    for (long k = 0; k < count; k += 2, x += 2 * stride) {
      const I low_w = _mm256_set1_epi32(weights.low[k / 2]), high_w = _mm256_set1_epi32(weights.high[k / 2]);
      const std::uint8_t* second = k + 1 < count ? x + stride : x;
      PAW_UNROLL for (int n = 0; n < N; ++n) {
        const I a = load(x + n * kBytes), b = load(second + n * kBytes);
        const I words[] = {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
        PAW_UNROLL for (int h = 0; h < 2; ++h) {
          low[2 * n + h] = _mm256_add_epi32(low[2 * n + h], _mm256_madd_epi16(words[h], low_w));
          high[2 * n + h] = _mm256_add_epi32(high[2 * n + h], _mm256_madd_epi16(words[h], high_w));
        }
      }
    }
    PAW_UNROLL for (int n = 0; n < 2 * N; ++n) low[n] = _mm256_add_epi32(low[n], _mm256_slli_epi32(high[n], 15));
    if (after != nullptr) {
      PAW_UNROLL for (int n = 0; n < 2 * N; ++n) _mm256_storeu_si256(reinterpret_cast<I*>(after + 8 * n), low[n]);
      return;
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) {
      const I words = _mm256_packs_epi32(_mm256_srai_epi32(low[2 * n], kImageWeightBits),
                                         _mm256_srai_epi32(low[2 * n + 1], kImageWeightBits));
      const __m128i result = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + n * kBytes), result);
    }
  }
};

}  // namespace paw::image_detail
