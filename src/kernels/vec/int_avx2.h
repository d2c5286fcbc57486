// The integer vector layer, AVX2 tier: eight 32-bit lanes. See int_portable.h for the contract.
#pragma once

#include <immintrin.h>

#include "kernels/vec/int_portable.h"

namespace paw::vec {

struct IntAvx2 {
  using V = __m256i;
  using P = __m256i;
  using Eight = IntAvx2;
  static constexpr int kLanes = 8;

  static PAW_INLINE V load(const std::int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static PAW_INLINE void store(std::int32_t* p, V v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static PAW_INLINE V set(std::int32_t x) { return _mm256_set1_epi32(x); }
  static PAW_INLINE P pairs(const std::int16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static PAW_INLINE P pair(const std::int16_t* p) {
    std::int32_t both;
    __builtin_memcpy(&both, p, sizeof(both));
    return _mm256_set1_epi32(both);
  }
  // Opaque to compilers, no instruction: where loops are unrolled, they would add up products before they add them to
  // the sums, and run out of registers.
  static PAW_INLINE V multiply_add(V sum, P a, P b) {
    V out = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
    asm("" : "+x"(out));
    return out;
  }
  static PAW_INLINE V add(V a, V b) { return _mm256_add_epi32(a, b); }
  static PAW_INLINE V multiply(V a, V b) { return _mm256_mullo_epi32(a, b); }
  static PAW_INLINE V negated(V a) { return _mm256_sub_epi32(_mm256_setzero_si256(), a); }
  static PAW_INLINE V at_least(V a, V b) { return _mm256_max_epi32(a, b); }
  static PAW_INLINE V at_most(V a, V b) { return _mm256_min_epi32(a, b); }
  static PAW_INLINE V shift_right(V a, int bits) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(bits)); }
  static PAW_INLINE V shifted_left(V x, V left) { return _mm256_sllv_epi32(x, left); }
  // The low halves of (a * b + 2^30) >> 31: even lanes, and odd lanes a place further up.
  static PAW_INLINE V doubled_high(V a, V multiplier) {
    const V half = _mm256_set1_epi64x(std::int64_t{1} << 30);
    const V even = _mm256_add_epi64(_mm256_mul_epi32(a, multiplier), half);
    const V odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(multiplier, 32)), half);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_add_epi64(odd, odd), 0xAA);
  }
  static PAW_INLINE V rounded_shift(V x, V right) {
    const V one = set(1);
    const V mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, right), one);
    const V half = _mm256_sub_epi32(_mm256_srli_epi32(mask, 1), _mm256_srai_epi32(x, 31));
    const V up = _mm256_cmpgt_epi32(_mm256_and_si256(x, mask), half);
    return _mm256_sub_epi32(_mm256_srav_epi32(x, right), up);
  }
  // Four lanes in double.
  static PAW_INLINE __m128i real_lanes(__m128i x, __m128i low, __m128i high) {
    const __m256d scale =
        _mm256_castsi256_pd(_mm256_set_m128i(_mm_unpackhi_epi32(low, high), _mm_unpacklo_epi32(low, high)));
    const __m256d most = _mm256_set1_pd(kMostReal), sign = _mm256_set1_pd(-0.0);
    __m256d v = _mm256_mul_pd(_mm256_cvtepi32_pd(x), scale);
    v = _mm256_min_pd(_mm256_max_pd(v, _mm256_set1_pd(-kMostReal)), most);
    const __m256d whole = _mm256_round_pd(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __m256d rest = _mm256_andnot_pd(sign, _mm256_sub_pd(v, whole));
    const __m256d one = _mm256_or_pd(_mm256_and_pd(sign, v), _mm256_set1_pd(1.0));
    const __m256d up = _mm256_and_pd(_mm256_cmp_pd(rest, _mm256_set1_pd(0.5), _CMP_GE_OQ), one);
    return _mm256_cvttpd_epi32(_mm256_add_pd(whole, up));
  }
  static PAW_INLINE V scaled_real(V x, V low, V high) {
    const auto upper = [](V v) { return _mm256_extracti128_si256(v, 1); };
    return _mm256_set_m128i(
        real_lanes(upper(x), upper(low), upper(high)),
        real_lanes(_mm256_castsi256_si128(x), _mm256_castsi256_si128(low), _mm256_castsi256_si128(high)));
  }
  static PAW_INLINE V scaled_float(V sum, V scale_bits, float lo, float hi) {
    const __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_castsi256_ps(scale_bits));
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(x, _mm256_set1_ps(lo)), _mm256_set1_ps(hi)));
  }
  static PAW_INLINE V widened(__m128i bytes, bool is_signed) {
    return is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes);
  }
  static PAW_INLINE V bytes(const std::uint8_t* p, bool is_signed) {
    return widened(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)), is_signed);
  }
  static PAW_INLINE V first_bytes(const std::uint8_t* p, int n, bool is_signed) {
    std::uint64_t all = 0;
    for (int i = 0; i < n; ++i) all |= static_cast<std::uint64_t>(p[i]) << (8 * i);
    return widened(_mm_cvtsi64_si128(static_cast<long long>(all)), is_signed);
  }
  static PAW_INLINE __m128i low_bytes(V v) {
    const V masked = _mm256_and_si256(v, set(0xFF));
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(masked), _mm256_extracti128_si256(masked, 1));
    return _mm_packus_epi16(words, words);
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V v) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), low_bytes(v));
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V a, V b) {
    const V words = _mm256_and_si256(_mm256_packs_epi32(a, b), _mm256_set1_epi16(0xFF));
    const V fours = _mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0x08);  // a b a b
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_shuffle_epi32(_mm256_castsi256_si128(fours), 0xD8));
  }
  static PAW_INLINE void store_first_bytes(std::uint8_t* p, V v, int n) {
    auto all = static_cast<std::uint64_t>(_mm_cvtsi128_si64(low_bytes(v)));
    for (int i = 0; i < n; ++i, all >>= 8) p[i] = static_cast<std::uint8_t>(all);
  }
  static PAW_INLINE __m256i words(const std::uint8_t* p, bool is_signed) {
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return is_signed ? _mm256_cvtepi8_epi16(b) : _mm256_cvtepu8_epi16(b);
  }
  static PAW_INLINE __m128i half_words(const std::uint8_t* p, bool is_signed) {
    const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return is_signed ? _mm_cvtepi8_epi16(b) : _mm_cvtepu8_epi16(b);
  }
  // The last vector of a run overlaps the one before.
  static PAW_INLINE void widen(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed, std::int32_t zero) {
    const auto z = static_cast<std::int16_t>(zero);
    if (n >= 16) {
      const __m256i zeros = _mm256_set1_epi16(z);
      const auto step = [&](long i) PAW_INLINE_LAMBDA {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_sub_epi16(words(from + i, is_signed), zeros));
      };
      long i = 0;
      for (; i + 16 <= n; i += 16) step(i);
      if (i < n) step(n - 16);
    } else if (n >= 8) {
      const auto step = [&](long i) PAW_INLINE_LAMBDA {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                         _mm_sub_epi16(half_words(from + i, is_signed), _mm_set1_epi16(z)));
      };
      step(0);
      step(n - 8);
    } else {
      IntPortable::widen(from, to, n, is_signed, zero);
    }
  }
  static PAW_INLINE void widen_over(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed,
                                    std::int32_t zero) {
    const __m256i zeros = _mm256_set1_epi16(static_cast<std::int16_t>(zero));
    for (long i = 0; i < n; i += 16) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_sub_epi16(words(from + i, is_signed), zeros));
    }
  }
  static PAW_INLINE void interleave16(const std::uint8_t* a, const std::uint8_t* b, std::int16_t* to, bool is_signed,
                                      std::int32_t zero) {
    const __m256i z = _mm256_set1_epi16(static_cast<std::int16_t>(zero));
    const __m256i x = _mm256_sub_epi16(words(a, is_signed), z), y = _mm256_sub_epi16(words(b, is_signed), z);
    const __m256i low = _mm256_unpacklo_epi16(x, y), high = _mm256_unpackhi_epi16(x, y);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 16), _mm256_permute2x128_si256(low, high, 0x31));
  }
  // A table of sixteen parts of sixteen: of a byte's part, its high bits less the part's number are 0; any other
  // becomes an index that shuffles in 0.
  static PAW_INLINE long look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, long n) {
    const __m256i limit = _mm256_set1_epi8(0x70);
    long i = 0;
    for (; i + 32 <= n; i += 32) {
      const __m256i at = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
      __m256i found = _mm256_setzero_si256();
      for (int part = 0; part < 16; ++part) {
        const __m256i values =
            _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * part)));
        const __m256i index =
            _mm256_adds_epu8(_mm256_xor_si256(at, _mm256_set1_epi8(static_cast<char>(16 * part))), limit);
        found = _mm256_or_si256(found, _mm256_shuffle_epi8(values, index));
      }
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + i), found);
    }
    return i;
  }
};

}  // namespace paw::vec
