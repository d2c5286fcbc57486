// The integer vector layer, WebAssembly SIMD tier: four 32-bit lanes. Shifts by a number of bits per lane, which it has
// no instruction for, are the portable tier's. See int_portable.h for the contract.
#pragma once

#include <wasm_simd128.h>

#include "kernels/vec/int_portable.h"
#include "kernels/vec/simd128.h"

namespace paw::vec {

struct IntSimd128 : IntPortable {
  using Eight = IntSimd128;

  static PAW_INLINE v128_t raw(V v) { return reinterpret_cast<v128_t>(v); }
  static PAW_INLINE V of(v128_t v) { return reinterpret_cast<V>(v); }

  static PAW_INLINE P pair(const std::int16_t* p) { return reinterpret_cast<P>(wasm_v128_load32_splat(p)); }
  static PAW_INLINE V multiply_add(V sum, P a, P b) {
    return of(wasm_i32x4_add(raw(sum), wasm_i32x4_dot_i16x8(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b))));
  }
  static PAW_INLINE V at_least(V a, V b) { return of(wasm_i32x4_max(raw(a), raw(b))); }
  static PAW_INLINE V at_most(V a, V b) { return of(wasm_i32x4_min(raw(a), raw(b))); }
  static PAW_INLINE V shift_right(V a, int bits) { return of(wasm_i32x4_shr(raw(a), static_cast<unsigned>(bits))); }
  // The low halves of (a * b + 2^30) >> 31, two lanes at a time.
  static PAW_INLINE V doubled_high(V a, V multiplier) {
    const v128_t half = wasm_i64x2_splat(std::int64_t{1} << 30);
    const v128_t low = wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(raw(a), raw(multiplier)), half);
    const v128_t high = wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(raw(a), raw(multiplier)), half);
    return of(wasm_i32x4_shuffle(wasm_i64x2_shr(low, 31), wasm_i64x2_shr(high, 31), 0, 2, 4, 6));
  }
  static PAW_INLINE V scaled_float(V sum, V scale_bits, float lo, float hi) {
    v128_t x = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(raw(sum)), raw(scale_bits));
    x = wasm_f32x4_pmax(wasm_f32x4_splat(lo), x);  // also NaN
    return of(wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(wasm_f32x4_pmin(x, wasm_f32x4_splat(hi)))));
  }
  static PAW_INLINE V bytes(const std::uint8_t* p, bool is_signed) {
    const v128_t four = wasm_v128_load32_zero(p);
    return of(is_signed ? wasm_i32x4_extend_low_i16x8(wasm_i16x8_extend_low_i8x16(four))
                        : wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(four)));
  }
  // The low byte of each lane, first in the register.
  static PAW_INLINE v128_t low_bytes(V v) {
    return wasm_i8x16_shuffle(raw(v), raw(v), 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V v) { wasm_v128_store32_lane(p, low_bytes(v), 0); }
  static PAW_INLINE void store_bytes(std::uint8_t* p, V a, V b) {
    const v128_t both = wasm_i8x16_shuffle(raw(a), raw(b), 0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
    wasm_v128_store64_lane(p, both, 0);
  }
  static PAW_INLINE v128_t words(const std::uint8_t* p, bool is_signed) {
    return is_signed ? wasm_i16x8_load8x8(p) : wasm_u16x8_load8x8(p);
  }
  // The last vector of a run overlaps the one before.
  static PAW_INLINE void widen(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed, std::int32_t zero) {
    if (n < 8) return IntPortable::widen(from, to, n, is_signed, zero);
    const v128_t zeros = wasm_i16x8_splat(static_cast<std::int16_t>(zero));
    const auto step = [&](long i) PAW_INLINE_LAMBDA {
      wasm_v128_store(to + i, wasm_i16x8_sub(words(from + i, is_signed), zeros));
    };
    long i = 0;
    for (; i + 8 <= n; i += 8) step(i);
    if (i < n) step(n - 8);
  }
  static PAW_INLINE void widen_over(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed,
                                    std::int32_t zero) {
    const v128_t zeros = wasm_i16x8_splat(static_cast<std::int16_t>(zero));
    for (long i = 0; i < n; i += 8) wasm_v128_store(to + i, wasm_i16x8_sub(words(from + i, is_signed), zeros));
  }
  static PAW_INLINE void interleave16(const std::uint8_t* a, const std::uint8_t* b, std::int16_t* to, bool is_signed,
                                      std::int32_t zero) {
    const v128_t zeros = wasm_i16x8_splat(static_cast<std::int16_t>(zero));
    PAW_UNROLL for (int i = 0; i < 16; i += 8) {
      const v128_t x = wasm_i16x8_sub(words(a + i, is_signed), zeros);
      const v128_t y = wasm_i16x8_sub(words(b + i, is_signed), zeros);
      wasm_v128_store(to + 2 * i, wasm_i16x8_shuffle(x, y, 0, 8, 1, 9, 2, 10, 3, 11));
      wasm_v128_store(to + 2 * i + 8, wasm_i16x8_shuffle(x, y, 4, 12, 5, 13, 6, 14, 7, 15));
    }
  }
  // A table of sixteen parts of sixteen: an index outside its part gives 0.
  static PAW_INLINE long look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, long n) {
    long i = 0;
    for (; i + 16 <= n; i += 16) {
      const v128_t at = wasm_v128_load(x + i);
      v128_t found = wasm_i8x16_splat(0);
      for (int part = 0; part < 16; ++part) {
        const v128_t index = wasm_i8x16_sub(at, wasm_i8x16_splat(static_cast<std::int8_t>(16 * part)));
        found = wasm_v128_or(found, wasm_i8x16_swizzle(wasm_v128_load(table + 16 * part), index));
      }
      wasm_v128_store(y + i, found);
    }
    return i;
  }
};

}  // namespace paw::vec
