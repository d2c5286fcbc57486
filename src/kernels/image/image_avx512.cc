#include "kernels/image/image_avx2.h"

namespace paw {

namespace image_detail {

// Sixteen bytes of a column sum at once.
struct Avx512 {
  using I = __m512i;
  static constexpr int kLanes = 16, kRows = Avx2::kRows;

  static PAW_INLINE I set(std::int32_t x) { return _mm512_set1_epi32(x); }
  static PAW_INLINE I load(const std::uint8_t* p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static PAW_INLINE I add_product(I sum, I weight, I x) { return _mm512_add_epi32(sum, _mm512_mullo_epi32(weight, x)); }
  static PAW_INLINE void store(std::uint8_t* p, I sum) {
    const I v = _mm512_max_epi32(_mm512_srai_epi32(sum, kImageWeightBits), _mm512_setzero_si512());
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtusepi32_epi8(v));
  }
  // As Avx2's, eight neighbours at once, two in each quarter; reads up to 25 bytes too many.
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* const* x, const std::int32_t* weights, long count,
                                std::uint8_t* const* to) {
    if (count <= 4) return Avx2::pixels<N>(x, weights, count, to);
    const I words = _mm512_broadcast_i64x4(Avx2::words());
    const I low_half = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 4, 4, 4, 4, 5, 5, 5, 5);
    const I high_half = _mm512_add_epi32(low_half, set(2));
    I low[N], high[N];
    PAW_UNROLL for (int n = 0; n < N; ++n) low[n] = high[n] = _mm512_setzero_si512();
    for (long k = 0; k < count; k += 8) {
      const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + k));
      const __m256i halves =
          _mm256_packs_epi32(_mm256_and_si256(w, _mm256_set1_epi32(0x7FFF)), _mm256_srai_epi32(w, 15));
      const I low_w = _mm512_permutexvar_epi32(low_half, _mm512_zextsi256_si512(halves));
      const I high_w = _mm512_permutexvar_epi32(high_half, _mm512_zextsi256_si512(halves));
      PAW_UNROLL for (int n = 0; n < N; ++n) {
        const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x[n] + 3 * k));
        const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x[n] + 3 * k + 12));
        const I raw = _mm512_mask_broadcast_i32x4(_mm512_broadcast_i32x4(first), 0xFF00, second);
        const I pixels = _mm512_shuffle_epi8(raw, words);
        low[n] = _mm512_add_epi32(low[n], _mm512_madd_epi16(pixels, low_w));
        high[n] = _mm512_add_epi32(high[n], _mm512_madd_epi16(pixels, high_w));
      }
    }
    PAW_UNROLL for (int n = 0; n < N; ++n) {
      const I sum = _mm512_add_epi32(low[n], _mm512_slli_epi32(high[n], 15));
      Avx2::store_pixel(to[n], _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1)));
    }
  }
};

}  // namespace image_detail

void resize_image_u8_avx512(const ImageResize& params, const ImageTables& tables, const std::uint8_t* photo,
                            std::uint8_t* picture, std::byte* scratch, Range units) {
  image_detail::resize<image_detail::Avx512>(params, tables, photo, picture, scratch, units);
}

}  // namespace paw
