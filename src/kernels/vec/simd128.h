// The vector layer, WebAssembly SIMD tier: four floats. Compiled with -mrelaxed-simd it multiplies and adds in one
// instruction, where the processor has one. Included only by *_simd128.cc files. What is not here is the portable
// tier's, which clang makes the same instructions of. See portable.h for the contract.
#pragma once

#include <wasm_simd128.h>

#include "kernels/vec/portable.h"

namespace paw::vec {

struct Simd128 : Portable {
  using Eight = Simd128;

  static PAW_INLINE v128_t raw(V v) { return reinterpret_cast<v128_t>(v); }
  static PAW_INLINE V of(v128_t v) { return reinterpret_cast<V>(v); }

  static PAW_INLINE V load_first(const float* p, int n) {
    switch (n) {
      case 0: return set(0.0f);
      case 1: return of(wasm_v128_load32_zero(p));
      case 2: return of(wasm_v128_load64_zero(p));
      case 3: return of(wasm_v128_load32_lane(p + 2, wasm_v128_load64_zero(p), 2));
      default: return load(p);
    }
  }
  static PAW_INLINE V load_first_or(const float* p, int n, V rest) {
    switch (n) {
      case 0: return rest;
      case 1: return of(wasm_v128_load32_lane(p, raw(rest), 0));
      case 2: return of(wasm_v128_load64_lane(p, raw(rest), 0));
      case 3: return of(wasm_v128_load32_lane(p + 2, wasm_v128_load64_lane(p, raw(rest), 0), 2));
      default: return load(p);
    }
  }
  static PAW_INLINE void store_first(float* p, V v, int n) {
    switch (n) {
      case 0: return;
      case 1: return wasm_v128_store32_lane(p, raw(v), 0);
      case 2: return wasm_v128_store64_lane(p, raw(v), 0);
      case 3: wasm_v128_store64_lane(p, raw(v), 0); return wasm_v128_store32_lane(p + 2, raw(v), 2);
      default: return store(p, v);
    }
  }
#if defined(__wasm_relaxed_simd__)
  static PAW_INLINE V fma(V a, V b, V c) { return of(wasm_f32x4_relaxed_madd(raw(a), raw(b), raw(c))); }
#endif
  static PAW_INLINE V select(I mask, V yes, V no) {
    return of(wasm_v128_bitselect(raw(yes), raw(no), reinterpret_cast<v128_t>(mask)));
  }
  // pmax and pmin return their first operand when one is NaN: x goes first.
  static PAW_INLINE V at_least(V x, V bound) { return of(wasm_f32x4_pmax(raw(x), raw(bound))); }
  static PAW_INLINE V at_most(V x, V bound) { return of(wasm_f32x4_pmin(raw(x), raw(bound))); }
  static PAW_INLINE V abs(V x) { return of(wasm_f32x4_abs(raw(x))); }
  static PAW_INLINE V sqrt(V x) { return of(wasm_f32x4_sqrt(raw(x))); }
  static PAW_INLINE V round(V x) { return of(wasm_f32x4_nearest(raw(x))); }
};

}  // namespace paw::vec
