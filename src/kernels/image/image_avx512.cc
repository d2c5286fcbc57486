#include "kernels/image/image_avx2.h"

namespace paw {

namespace image_detail {

// Sixteen bytes of a column sum at once; a pixel has too few neighbours for more than AVX2 has.
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
  template <int N>
  static PAW_INLINE void pixels(const std::uint8_t* const* x, const std::int32_t* weights, long count,
                                std::uint8_t* const* to) {
    Avx2::pixels<N>(x, weights, count, to);
  }
};

}  // namespace image_detail

void resize_image_u8_avx512(const ImageResize& params, const ImageTables& tables, const std::uint8_t* photo,
                            std::uint8_t* picture, std::byte* scratch, Range units) {
  image_detail::resize<image_detail::Avx512>(params, tables, photo, picture, scratch, units);
}

}  // namespace paw
