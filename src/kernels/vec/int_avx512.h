// The integer vector layer, AVX-512 tier (F, VL, BW, DQ): sixteen 32-bit lanes. See int_portable.h for the contract.
#pragma once

#include <immintrin.h>

#include "kernels/vec/int_avx2.h"

namespace paw::vec {

struct IntAvx512 {
  using V = __m512i;
  using P = __m512i;
  using Eight = IntAvx2;
  static constexpr int kLanes = 16;

  static PAW_INLINE V load(const std::int32_t* p) { return _mm512_loadu_si512(p); }
  static PAW_INLINE void store(std::int32_t* p, V v) { _mm512_storeu_si512(p, v); }
  static PAW_INLINE V set(std::int32_t x) { return _mm512_set1_epi32(x); }
  static PAW_INLINE P pairs(const std::int16_t* p) { return _mm512_loadu_epi32(p); }
  static PAW_INLINE P pair(const std::int16_t* p) {
    std::int32_t both;
    __builtin_memcpy(&both, p, sizeof(both));
    return _mm512_set1_epi32(both);
  }
  static PAW_INLINE V multiply_add(V sum, P a, P b) {
    V out = _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
    asm("" : "+v"(out));
    return out;
  }
  static PAW_INLINE V add(V a, V b) { return _mm512_add_epi32(a, b); }
  static PAW_INLINE V multiply(V a, V b) { return _mm512_mullo_epi32(a, b); }
  static PAW_INLINE V negated(V a) { return _mm512_sub_epi32(_mm512_setzero_si512(), a); }
  static PAW_INLINE V at_least(V a, V b) { return _mm512_max_epi32(a, b); }
  static PAW_INLINE V at_most(V a, V b) { return _mm512_min_epi32(a, b); }
  static PAW_INLINE V shift_right(V a, int bits) { return _mm512_sra_epi32(a, _mm_cvtsi32_si128(bits)); }
  static PAW_INLINE V shifted_left(V x, V left) { return _mm512_sllv_epi32(x, left); }
  static PAW_INLINE V doubled_high(V a, V multiplier) {
    const V half = _mm512_set1_epi64(std::int64_t{1} << 30);
    const V even = _mm512_add_epi64(_mm512_mul_epi32(a, multiplier), half);
    const V odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(multiplier, 32)), half);
    return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_add_epi64(odd, odd));
  }
  static PAW_INLINE V rounded_shift(V x, V right) {
    const V one = set(1);
    const V mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, right), one);
    const V half = _mm512_sub_epi32(_mm512_srli_epi32(mask, 1), _mm512_srai_epi32(x, 31));
    const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(x, mask), half);
    const V shifted = _mm512_srav_epi32(x, right);
    return _mm512_mask_add_epi32(shifted, up, shifted, one);
  }
  static PAW_INLINE V scaled_real(V x, V low, V high) {
    const auto lower = [](V v) { return _mm512_castsi512_si256(v); };
    const auto upper = [](V v) { return _mm512_extracti64x4_epi64(v, 1); };
    const __m256i first = IntAvx2::scaled_real(lower(x), lower(low), lower(high));
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), IntAvx2::scaled_real(upper(x), upper(low), upper(high)),
                              1);
  }
  static PAW_INLINE V scaled_float(V sum, V scale_bits, float lo, float hi) {
    const __m512 x = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_castsi512_ps(scale_bits));
    return _mm512_cvtps_epi32(_mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(lo)), _mm512_set1_ps(hi)));
  }
  static PAW_INLINE V widened(__m128i bytes, bool is_signed) {
    return is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
  }
  static PAW_INLINE __mmask16 first(int n) { return static_cast<__mmask16>((1u << n) - 1u); }
  static PAW_INLINE V bytes(const std::uint8_t* p, bool is_signed) {
    return widened(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), is_signed);
  }
  static PAW_INLINE V first_bytes(const std::uint8_t* p, int n, bool is_signed) {
    return widened(_mm_maskz_loadu_epi8(first(n), p), is_signed);
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v));
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V a, V b) {
    store_bytes(p, a);
    store_bytes(p + kLanes, b);
  }
  static PAW_INLINE void store_first_bytes(std::uint8_t* p, V v, int n) {
    _mm_mask_storeu_epi8(p, first(n), _mm512_cvtepi32_epi8(v));
  }
  static PAW_INLINE void widen(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed, std::int32_t zero) {
    IntAvx2::widen(from, to, n, is_signed, zero);
  }
  static PAW_INLINE void widen_over(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed,
                                    std::int32_t zero) {
    IntAvx2::widen_over(from, to, n, is_signed, zero);
  }
  static PAW_INLINE void interleave16(const std::uint8_t* a, const std::uint8_t* b, std::int16_t* to, bool is_signed,
                                      std::int32_t zero) {
    IntAvx2::interleave16(a, b, to, is_signed, zero);
  }
  static PAW_INLINE long look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, long n) {
    const __m512i limit = _mm512_set1_epi8(0x70);
    long i = 0;
    for (; i + 64 <= n; i += 64) {
      const __m512i at = _mm512_loadu_si512(x + i);
      __m512i found = _mm512_setzero_si512();
      for (int part = 0; part < 16; ++part) {
        const __m512i values =
            _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * part)));
        const __m512i index =
            _mm512_adds_epu8(_mm512_xor_si512(at, _mm512_set1_epi8(static_cast<char>(16 * part))), limit);
        found = _mm512_or_si512(found, _mm512_shuffle_epi8(values, index));
      }
      _mm512_storeu_si512(y + i, found);
    }
    return i + IntAvx2::look_up(table, x + i, y + i, n - i);
  }
};

}  // namespace paw::vec
