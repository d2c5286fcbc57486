// The integer vector layer, NEON tier of 64-bit ARM: four 32-bit lanes. See int_portable.h for the contract.
#pragma once

#include <arm_neon.h>

#include "kernels/vec/int_portable.h"

namespace paw::vec {

struct IntNeon : IntPortable {
  using Eight = IntNeon;
  // The first numbers of all pairs, and the second ones: each multiplies and adds in one instruction.
  using P = int16x4x2_t;

  static PAW_INLINE int32x4_t raw(V v) { return reinterpret_cast<int32x4_t>(v); }
  static PAW_INLINE V of(int32x4_t v) { return reinterpret_cast<V>(v); }

  static PAW_INLINE P pairs(const std::int16_t* p) { return vld2_s16(p); }
  static PAW_INLINE P pair(const std::int16_t* p) { return vld2_dup_s16(p); }
  static PAW_INLINE V multiply_add(V sum, P a, P b) {
    return of(vmlal_s16(vmlal_s16(raw(sum), a.val[0], b.val[0]), a.val[1], b.val[1]));
  }
  static PAW_INLINE V at_least(V a, V b) { return of(vmaxq_s32(raw(a), raw(b))); }
  static PAW_INLINE V at_most(V a, V b) { return of(vminq_s32(raw(a), raw(b))); }
  static PAW_INLINE V shift_right(V a, int bits) { return of(vshlq_s32(raw(a), vdupq_n_s32(-bits))); }
  static PAW_INLINE int32x4_t amount(V bits) { return vandq_s32(raw(bits), vdupq_n_s32(31)); }
  static PAW_INLINE V shifted_left(V x, V left) { return of(vshlq_s32(raw(x), amount(left))); }
  // (2 a b + 2^31) >> 32, which is (a b + 2^30) >> 31 while b is not negative.
  static PAW_INLINE V doubled_high(V a, V multiplier) { return of(vqrdmulhq_s32(raw(a), raw(multiplier))); }
  static PAW_INLINE V rounded_shift(V x, V right) {
    const int32x4_t by = amount(right);
    const int32x4_t mask = vsubq_s32(vshlq_s32(vdupq_n_s32(1), by), vdupq_n_s32(1));
    const uint32x4_t low = vshrq_n_u32(vreinterpretq_u32_s32(mask), 1);
    const int32x4_t half = vsubq_s32(vreinterpretq_s32_u32(low), vshrq_n_s32(raw(x), 31));
    const uint32x4_t up = vcgtq_s32(vandq_s32(raw(x), mask), half);
    return of(vsubq_s32(vshlq_s32(raw(x), vnegq_s32(by)), vreinterpretq_s32_u32(up)));
  }
  // Two lanes in double. The instruction that converts rounds halves away from zero.
  static PAW_INLINE int32x2_t real_lanes(int32x2_t x, int32x4_t scale) {
    float64x2_t v = vmulq_f64(vcvtq_f64_s64(vmovl_s32(x)), vreinterpretq_f64_s32(scale));
    v = vminnmq_f64(vmaxnmq_f64(v, vdupq_n_f64(-kMostReal)), vdupq_n_f64(kMostReal));  // NaN: the least
    return vmovn_s64(vcvtaq_s64_f64(v));
  }
  static PAW_INLINE V scaled_real(V x, V low, V high) {
    return of(vcombine_s32(real_lanes(vget_low_s32(raw(x)), vzip1q_s32(raw(low), raw(high))),
                           real_lanes(vget_high_s32(raw(x)), vzip2q_s32(raw(low), raw(high)))));
  }
  static PAW_INLINE V scaled_float(V sum, V scale_bits, float lo, float hi) {
    const float32x4_t x = vmulq_f32(vcvtq_f32_s32(raw(sum)), vreinterpretq_f32_s32(raw(scale_bits)));
    // The number, where the other is NaN.
    return of(vcvtnq_s32_f32(vminq_f32(vmaxnmq_f32(x, vdupq_n_f32(lo)), vdupq_n_f32(hi))));
  }
  static PAW_INLINE int16x8_t widened(uint8x8_t bytes, bool is_signed) {
    return is_signed ? vmovl_s8(vreinterpret_s8_u8(bytes)) : vreinterpretq_s16_u16(vmovl_u8(bytes));
  }
  static PAW_INLINE V bytes(const std::uint8_t* p, bool is_signed) {
    std::uint32_t four;
    __builtin_memcpy(&four, p, sizeof(four));
    return of(vmovl_s16(vget_low_s16(widened(vreinterpret_u8_u32(vdup_n_u32(four)), is_signed))));
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V v) {
    const int16x4_t words = vmovn_s32(raw(v));
    const std::uint32_t four = vget_lane_u32(vreinterpret_u32_s8(vmovn_s16(vcombine_s16(words, words))), 0);
    __builtin_memcpy(p, &four, sizeof(four));
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V a, V b) {
    vst1_u8(p, vreinterpret_u8_s8(vmovn_s16(vcombine_s16(vmovn_s32(raw(a)), vmovn_s32(raw(b))))));
  }
  static PAW_INLINE int16x8_t words(const std::uint8_t* p, bool is_signed) { return widened(vld1_u8(p), is_signed); }
  // The last vector of a run overlaps the one before.
  static PAW_INLINE void widen(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed, std::int32_t zero) {
    if (n < 8) return IntPortable::widen(from, to, n, is_signed, zero);
    const int16x8_t zeros = vdupq_n_s16(static_cast<std::int16_t>(zero));
    const auto step = [&](long i)
                          PAW_INLINE_LAMBDA { vst1q_s16(to + i, vsubq_s16(words(from + i, is_signed), zeros)); };
    long i = 0;
    for (; i + 8 <= n; i += 8) step(i);
    if (i < n) step(n - 8);
  }
  static PAW_INLINE void widen_over(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed,
                                    std::int32_t zero) {
    const int16x8_t zeros = vdupq_n_s16(static_cast<std::int16_t>(zero));
    for (long i = 0; i < n; i += 8) vst1q_s16(to + i, vsubq_s16(words(from + i, is_signed), zeros));
  }
  static PAW_INLINE void interleave16(const std::uint8_t* a, const std::uint8_t* b, std::int16_t* to, bool is_signed,
                                      std::int32_t zero) {
    const int16x8_t zeros = vdupq_n_s16(static_cast<std::int16_t>(zero));
    PAW_UNROLL for (int i = 0; i < 16; i += 8) {
      const int16x8_t x = vsubq_s16(words(a + i, is_signed), zeros), y = vsubq_s16(words(b + i, is_signed), zeros);
      vst1q_s16(to + 2 * i, vzip1q_s16(x, y));
      vst1q_s16(to + 2 * i + 8, vzip2q_s16(x, y));
    }
  }
  // A table of four parts of 64: an index outside its part gives 0.
  static PAW_INLINE long look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, long n) {
    long i = 0;
    for (; i + 16 <= n; i += 16) {
      const uint8x16_t at = vld1q_u8(x + i);
      uint8x16_t found = vdupq_n_u8(0);
      PAW_UNROLL for (int part = 0; part < 4; ++part) {
        const uint8x16x4_t values = vld1q_u8_x4(table + 64 * part);
        found = vorrq_u8(found, vqtbl4q_u8(values, vsubq_u8(at, vdupq_n_u8(static_cast<std::uint8_t>(64 * part)))));
      }
      vst1q_u8(y + i, found);
    }
    return i;
  }
};

}  // namespace paw::vec
