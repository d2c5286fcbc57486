// Resizing's arithmetic in AVX2. Included only by *_avx2.cc and *_avx512.cc files.
#pragma once

#include <immintrin.h>

#include "kernels/image/image_body.h"

namespace paw::image_detail {

struct Avx2 {
  using I = __m256i;
  static constexpr int kLanes = 8, kRows = 4;

  static PAW_INLINE I set(std::int32_t x) { return _mm256_set1_epi32(x); }
  static PAW_INLINE I load(const std::uint8_t* p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
  static PAW_INLINE I add_product(I sum, I weight, I x) { return _mm256_add_epi32(sum, _mm256_mullo_epi32(weight, x)); }
  static PAW_INLINE __m128i bytes(__m128i low, __m128i high) {
    const __m128i words =
        _mm_packs_epi32(_mm_srai_epi32(low, kImageWeightBits), _mm_srai_epi32(high, kImageWeightBits));
    return _mm_packus_epi16(words, words);
  }
  static PAW_INLINE void store(std::uint8_t* p, I sum) {
    const __m128i result = bytes(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), result);
  }

  // Six bytes of each half, two pixels, as words: R R G G B B 0 0.
  static PAW_INLINE __m256i words() {
    return _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                            6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  }
  // The pixel whose sum is that of both halves, before rounding.
  static PAW_INLINE void store_pixel(std::uint8_t* to, __m256i sum) {
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    const __m128i total = _mm_add_epi32(half, _mm_set1_epi32(kHalf));
    const int pixel = _mm_cvtsi128_si32(bytes(total, total));
    __builtin_memcpy(to, &pixel, sizeof(pixel));
  }

  // Four neighbours at once, two in each half, as 16-bit words: weight = high * 2^15 + low, so that two vpmaddwd do the
  // work of vpmulld. Reads up to 13 bytes too many, with weights of zero, and writes one too many.
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* const* x, const std::int32_t* weights, long count,
                                std::uint8_t* const* to) {
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
        const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x[n] + 3 * k));
        const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(raw), words);
        low[n] = _mm256_add_epi32(low[n], _mm256_madd_epi16(pixels, low_w));
        high[n] = _mm256_add_epi32(high[n], _mm256_madd_epi16(pixels, high_w));
      }
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) {
      store_pixel(to[n], _mm256_add_epi32(low[n], _mm256_slli_epi32(high[n], 15)));
    }
  }
};

}  // namespace paw::image_detail
