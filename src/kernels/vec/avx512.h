// The vector layer, AVX-512 tier (F, VL, BW, DQ): sixteen floats, lane masks in mask registers. Included only by
// *_avx512.cc files. See portable.h for the contract.
#pragma once

#include <immintrin.h>

#include "kernels/vec/avx2.h"

namespace paw::vec {

struct Avx512 {
  using Eight = Avx2;
  using V = __m512;
  using I = __mmask16;
  using N = __m512i;
  static constexpr int kLanes = 16;
  static constexpr int kRegisters = 32;

  static PAW_INLINE V load(const float* p) { return _mm512_loadu_ps(p); }
  static PAW_INLINE void store(float* p, V v) { _mm512_storeu_ps(p, v); }
  static PAW_INLINE V set(float x) { return _mm512_set1_ps(x); }
  static PAW_INLINE I first(int n) { return static_cast<I>((1u << n) - 1u); }
  static PAW_INLINE V load_first(const float* p, int n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static PAW_INLINE V load_first_or(const float* p, int n, V rest) { return _mm512_mask_loadu_ps(rest, first(n), p); }
  static PAW_INLINE void store_first(float* p, V v, int n) { _mm512_mask_storeu_ps(p, first(n), v); }
  static PAW_INLINE V add(V a, V b) { return _mm512_add_ps(a, b); }
  static PAW_INLINE V sub(V a, V b) { return _mm512_sub_ps(a, b); }
  static PAW_INLINE V mul(V a, V b) { return _mm512_mul_ps(a, b); }
  static PAW_INLINE V div(V a, V b) { return _mm512_div_ps(a, b); }
  static PAW_INLINE V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static PAW_INLINE I less(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static PAW_INLINE I less_equal(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static PAW_INLINE I equal(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
  static PAW_INLINE V select(I mask, V yes, V no) { return _mm512_mask_blend_ps(mask, no, yes); }
  // vmaxps and vminps return their second operand when one is NaN: x goes second.
  static PAW_INLINE V at_least(V x, V bound) { return _mm512_max_ps(bound, x); }
  static PAW_INLINE V at_most(V x, V bound) { return _mm512_min_ps(bound, x); }
  static PAW_INLINE V maximum(V a, V b) {
    return _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
  }
  static PAW_INLINE V minimum(V a, V b) {
    return _mm512_mask_mov_ps(_mm512_min_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
  }
  static PAW_INLINE V abs(V x) { return _mm512_andnot_ps(_mm512_set1_ps(-0.0f), x); }
  static PAW_INLINE V sqrt(V x) { return _mm512_sqrt_ps(x); }
  static PAW_INLINE V round(V x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static PAW_INLINE V exp2i(V n) {
    const N i = _mm512_cvtps_epi32(n);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(i, _mm512_set1_epi32(127)), 23));
  }
  static PAW_INLINE V neg(V x) { return _mm512_xor_ps(_mm512_set1_ps(-0.0f), x); }
  static PAW_INLINE V copysign(V magnitude, V sign) {
    return _mm512_or_ps(magnitude, _mm512_and_ps(_mm512_set1_ps(-0.0f), sign));
  }
  static PAW_INLINE N bits(V x) { return _mm512_castps_si512(x); }
  static PAW_INLINE V from_bits(N n) { return _mm512_castsi512_ps(n); }
  static PAW_INLINE N set_int(int x) { return _mm512_set1_epi32(x); }
  static PAW_INLINE N add_int(N a, N b) { return _mm512_add_epi32(a, b); }
  static PAW_INLINE N and_int(N a, N b) { return _mm512_and_si512(a, b); }
  template <int K>
  static PAW_INLINE N shift_left(N n) {
    return _mm512_slli_epi32(n, K);
  }
  template <int K>
  static PAW_INLINE N shift_right(N n) {
    return _mm512_srai_epi32(n, K);
  }
  static PAW_INLINE V to_float(N n) { return _mm512_cvtepi32_ps(n); }
  // Halves first, then as Avx2.
  static PAW_INLINE float sum(V v) {
    return Avx2::sum(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
  }
};

}  // namespace paw::vec
