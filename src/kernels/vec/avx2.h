// The vector layer, AVX2 + FMA tier: eight floats. Included only by *_avx2.cc files. See portable.h for the contract.
#pragma once

#include <immintrin.h>

#include "kernels/vec/portable.h"

namespace paw::vec {

struct Avx2 {
  using Eight = Avx2;
  using V = __m256;
  using I = __m256;   // lane masks
  using N = __m256i;  // 32-bit integers
  static constexpr int kLanes = 8;
  static constexpr int kRegisters = 16;

  static PAW_INLINE V load(const float* p) { return _mm256_loadu_ps(p); }
  static PAW_INLINE void store(float* p, V v) { _mm256_storeu_ps(p, v); }
  static PAW_INLINE V set(float x) { return _mm256_set1_ps(x); }
  static PAW_INLINE __m256i first(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static PAW_INLINE V load_first(const float* p, int n) { return _mm256_maskload_ps(p, first(n)); }
  static PAW_INLINE V load_first_or(const float* p, int n, V rest) {
    const __m256i mask = first(n);
    return _mm256_blendv_ps(rest, _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
  }
  static PAW_INLINE void store_first(float* p, V v, int n) { _mm256_maskstore_ps(p, first(n), v); }
  static PAW_INLINE V add(V a, V b) { return _mm256_add_ps(a, b); }
  static PAW_INLINE V sub(V a, V b) { return _mm256_sub_ps(a, b); }
  static PAW_INLINE V mul(V a, V b) { return _mm256_mul_ps(a, b); }
  static PAW_INLINE V div(V a, V b) { return _mm256_div_ps(a, b); }
  static PAW_INLINE V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static PAW_INLINE I less(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  static PAW_INLINE I less_equal(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
  static PAW_INLINE I equal(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
  static PAW_INLINE V select(I mask, V yes, V no) { return _mm256_blendv_ps(no, yes, mask); }
  // vmaxps and vminps return their second operand when one is NaN: x goes second.
  static PAW_INLINE V at_least(V x, V bound) { return _mm256_max_ps(bound, x); }
  static PAW_INLINE V at_most(V x, V bound) { return _mm256_min_ps(bound, x); }
  static PAW_INLINE V maximum(V a, V b) { return select(_mm256_cmp_ps(a, a, _CMP_UNORD_Q), a, _mm256_max_ps(a, b)); }
  static PAW_INLINE V minimum(V a, V b) { return select(_mm256_cmp_ps(a, a, _CMP_UNORD_Q), a, _mm256_min_ps(a, b)); }
  static PAW_INLINE V abs(V x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
  static PAW_INLINE V sqrt(V x) { return _mm256_sqrt_ps(x); }
  static PAW_INLINE V round(V x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static PAW_INLINE V exp2i(V n) {
    const __m256i i = _mm256_cvtps_epi32(n);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(i, _mm256_set1_epi32(127)), 23));
  }
  static PAW_INLINE V neg(V x) { return _mm256_xor_ps(_mm256_set1_ps(-0.0f), x); }
  static PAW_INLINE V copysign(V magnitude, V sign) {
    return _mm256_or_ps(magnitude, _mm256_and_ps(_mm256_set1_ps(-0.0f), sign));
  }
  static PAW_INLINE N bits(V x) { return _mm256_castps_si256(x); }
  static PAW_INLINE V from_bits(N n) { return _mm256_castsi256_ps(n); }
  static PAW_INLINE N set_int(int x) { return _mm256_set1_epi32(x); }
  static PAW_INLINE N add_int(N a, N b) { return _mm256_add_epi32(a, b); }
  static PAW_INLINE N and_int(N a, N b) { return _mm256_and_si256(a, b); }
  template <int K>
  static PAW_INLINE N shift_left(N n) {
    return _mm256_slli_epi32(n, K);
  }
  template <int K>
  static PAW_INLINE N shift_right(N n) {
    return _mm256_srai_epi32(n, K);
  }
  static PAW_INLINE V to_float(N n) { return _mm256_cvtepi32_ps(n); }
  static PAW_INLINE float sum(V v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  }
};

}  // namespace paw::vec
