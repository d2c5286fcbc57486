// The vector layer, NEON tier of 64-bit ARM: four floats in one of 32 registers. Included only by *_neon.cc files. What
// is not here is the portable tier's, which compilers make the same instructions of. See portable.h for the contract.
#pragma once

#include <arm_neon.h>

#include "kernels/vec/portable.h"

namespace paw::vec {

struct Neon : Portable {
  using Eight = Neon;
  static constexpr int kRegisters = 32;

  static PAW_INLINE float32x4_t raw(V v) { return reinterpret_cast<float32x4_t>(v); }
  static PAW_INLINE V of(float32x4_t v) { return reinterpret_cast<V>(v); }

  static PAW_INLINE V load_first_or(const float* p, int n, V rest) {
    switch (n) {
      case 0: return rest;
      case 1: return of(vld1q_lane_f32(p, raw(rest), 0));
      case 2: return of(vcombine_f32(vld1_f32(p), vget_high_f32(raw(rest))));
      case 3: return of(vld1q_lane_f32(p + 2, vcombine_f32(vld1_f32(p), vget_high_f32(raw(rest))), 2));
      default: return load(p);
    }
  }
  static PAW_INLINE V load_first(const float* p, int n) { return load_first_or(p, n, set(0.0f)); }
  static PAW_INLINE void store_first(float* p, V v, int n) {
    switch (n) {
      case 0: return;
      case 1: return vst1q_lane_f32(p, raw(v), 0);
      case 2: return vst1_f32(p, vget_low_f32(raw(v)));
      case 3: vst1_f32(p, vget_low_f32(raw(v))); return vst1q_lane_f32(p + 2, raw(v), 2);
      default: return store(p, v);
    }
  }
  static PAW_INLINE V fma(V a, V b, V c) { return of(vfmaq_f32(raw(c), raw(a), raw(b))); }
  static PAW_INLINE V select(I mask, V yes, V no) {
    return of(vbslq_f32(reinterpret_cast<uint32x4_t>(mask), raw(yes), raw(no)));
  }
  static PAW_INLINE V abs(V x) { return of(vabsq_f32(raw(x))); }
  static PAW_INLINE V sqrt(V x) { return of(vsqrtq_f32(raw(x))); }
  static PAW_INLINE V round(V x) { return of(vrndnq_f32(raw(x))); }
};

}  // namespace paw::vec
