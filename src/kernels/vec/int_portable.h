// The integer vector layer, portable tier: four 32-bit lanes. Every tier's struct offers the same names. A pair vector
// holds two 16-bit numbers for each lane.
#pragma once

#include <cstdint>

#include "kernels/quant/requantise.h"
#include "kernels/vec/portable.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Ways of rounding that plans seldom ask for, lane by lane. In a WebAssembly module, which has one tier only and is
// part of a download, they are calls.
#if defined(__wasm__)
#define PAW_SELDOM [[gnu::noinline]]
#else
#define PAW_SELDOM PAW_INLINE
#endif

namespace paw::vec {

struct IntPortable {
  typedef std::int32_t V __attribute__((vector_size(16)));
  typedef std::int16_t P __attribute__((vector_size(16)));
  // For panels of eight columns: this tier or a lower one, of at most eight lanes.
  using Eight = IntPortable;
  static constexpr int kLanes = 4;

  static PAW_INLINE V load(const std::int32_t* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof(v));
    return v;
  }
  static PAW_INLINE void store(std::int32_t* p, V v) { __builtin_memcpy(p, &v, sizeof(v)); }
  static PAW_INLINE V set(std::int32_t x) { return V{x, x, x, x}; }
  static PAW_INLINE P pairs(const std::int16_t* p) {
    P v;
    __builtin_memcpy(&v, p, sizeof(v));
    return v;
  }
  // One pair for all lanes.
  static PAW_INLINE P pair(const std::int16_t* p) {
    std::int32_t both;
    __builtin_memcpy(&both, p, sizeof(both));
    const V all = set(both);
    P v;
    __builtin_memcpy(&v, &all, sizeof(v));
    return v;
  }
  // sum + a0 * b0 + a1 * b1 in each lane; sums wrap.
  static PAW_INLINE V multiply_add(V sum, P a, P b) {
#if defined(__SSE2__)
    V product;
    __m128i x, y;
    __builtin_memcpy(&x, &a, sizeof(x));
    __builtin_memcpy(&y, &b, sizeof(y));
    x = _mm_madd_epi16(x, y);
    __builtin_memcpy(&product, &x, sizeof(x));
    return add(sum, product);
#else
    V v;
    for (int i = 0; i < kLanes; ++i) {
      v[i] = static_cast<std::int32_t>(a[2 * i]) * b[2 * i] + static_cast<std::int32_t>(a[2 * i + 1]) * b[2 * i + 1];
    }
    return add(sum, v);
#endif
  }
  static PAW_INLINE V add(V a, V b) {
    typedef std::uint32_t U __attribute__((vector_size(16)));
    U x, y;
    __builtin_memcpy(&x, &a, sizeof(x));
    __builtin_memcpy(&y, &b, sizeof(y));
    x += y;
    __builtin_memcpy(&a, &x, sizeof(x));
    return a;
  }
  // The low 32 bits.
  static PAW_INLINE V multiply(V a, V b) {
    typedef std::uint32_t U __attribute__((vector_size(16)));
    U x, y;
    __builtin_memcpy(&x, &a, sizeof(x));
    __builtin_memcpy(&y, &b, sizeof(y));
    x *= y;
    __builtin_memcpy(&a, &x, sizeof(x));
    return a;
  }
  static PAW_INLINE V negated(V a) { return multiply(a, set(-1)); }
  static PAW_INLINE V at_least(V a, V b) {
    const V less = a < b;
    return (b & less) | (a & ~less);
  }
  static PAW_INLINE V at_most(V a, V b) {
    const V less = b < a;
    return (b & less) | (a & ~less);
  }
  // Arithmetic shift to the right by one number of bits.
  static PAW_INLINE V shift_right(V a, int bits) { return a >> set(bits); }
  PAW_SELDOM static V shifted_left(V x, V left) {
    V v;
    for (int i = 0; i < kLanes; ++i) v[i] = paw::shifted_left(x[i], left[i]);
    return v;
  }
  PAW_SELDOM static V doubled_high(V a, V multiplier) {
    V v;
    for (int i = 0; i < kLanes; ++i) v[i] = paw::doubled_high(a[i], multiplier[i]);
    return v;
  }
  PAW_SELDOM static V rounded_shift(V x, V right) {
    V v;
    for (int i = 0; i < kLanes; ++i) v[i] = paw::rounded_shift(x[i], right[i]);
    return v;
  }
  PAW_SELDOM static V scaled_real(V x, V low, V high) {
    V v;
    for (int i = 0; i < kLanes; ++i) v[i] = paw::scaled_real(x[i], {low[i], high[i]});
    return v;
  }
  // nearest even of clip(float(sum) * scale, lo, hi); the scale as the bits of a float.
  static PAW_INLINE V scaled_float(V sum, V scale_bits, float lo, float hi) {
    using F = Portable;
    auto x = F::mul(F::to_float(sum), F::from_bits(scale_bits));
    x = F::select(F::less(F::set(lo), x), x, F::set(lo));  // also NaN
    return __builtin_convertvector(F::round(F::at_most(x, F::set(hi))), V);
  }
  // kLanes bytes, or the first n, widened.
  static PAW_INLINE V bytes(const std::uint8_t* p, bool is_signed) { return first_bytes(p, kLanes, is_signed); }
  static PAW_INLINE V first_bytes(const std::uint8_t* p, int n, bool is_signed) {
    V v = set(0);
    for (int i = 0; i < n; ++i) v[i] = is_signed ? static_cast<std::int8_t>(p[i]) : p[i];
    return v;
  }
  // The low byte of each lane.
  static PAW_INLINE void store_bytes(std::uint8_t* p, V v) { store_first_bytes(p, v, kLanes); }
  // Two neighbouring vectors.
  static PAW_INLINE void store_bytes(std::uint8_t* p, V a, V b) {
    store_bytes(p, a);
    store_bytes(p + kLanes, b);
  }
  static PAW_INLINE void store_first_bytes(std::uint8_t* p, V v, int n) {
    for (int i = 0; i < n; ++i) p[i] = static_cast<std::uint8_t>(v[i]);
  }
  // to[i] = from[i] - zero.
  static PAW_INLINE void widen(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed, std::int32_t zero) {
    for (long i = 0; i < n; ++i) {
      to[i] = static_cast<std::int16_t>((is_signed ? static_cast<std::int8_t>(from[i]) : from[i]) - zero);
    }
  }
  // The same for 16 numbers at a time: reads and writes up to 15 numbers too many.
  static PAW_INLINE void widen_over(const std::uint8_t* from, std::int16_t* to, long n, bool is_signed,
                                    std::int32_t zero) {
    widen(from, to, n, is_signed, zero);
  }
  // Two rows of 16 bytes, less `zero`, as 16 pairs.
  static PAW_INLINE void interleave16(const std::uint8_t* a, const std::uint8_t* b, std::int16_t* to, bool is_signed,
                                      std::int32_t zero) {
    for (int i = 0; i < 16; ++i) {
      to[2 * i] = static_cast<std::int16_t>((is_signed ? static_cast<std::int8_t>(a[i]) : a[i]) - zero);
      to[2 * i + 1] = static_cast<std::int16_t>((is_signed ? static_cast<std::int8_t>(b[i]) : b[i]) - zero);
    }
  }
  // y[i] = table[x[i]] for the first of n bytes; how many.
  static PAW_INLINE long look_up(const std::uint8_t*, const std::uint8_t*, std::uint8_t*, long) { return 0; }
};

}  // namespace paw::vec
