// The vector layer, portable tier: four floats by the compilers' vector extension (SSE2, NEON, WebAssembly SIMD alike).
// Every tier's struct offers the same names, so that a kernel body is written once as a template over it. Everything is
// always inlined: nothing may be emitted out of line into a translation unit of a higher tier and be picked by the
// linker.
#pragma once

#define PAW_INLINE __attribute__((always_inline)) inline
// Without vector registers, sums are in memory anyway, and a module of unrolled loops would be a third larger.
#if defined(__wasm__) && !defined(__wasm_simd128__)
#define PAW_UNROLL
#else
#define PAW_UNROLL _Pragma("GCC unroll 32")
#endif
#define PAW_INLINE_LAMBDA __attribute__((always_inline))

namespace paw::vec {

struct Portable {
  // For panels of eight columns: this tier or a lower one, of at most eight lanes.
  using Eight = Portable;
  typedef float V __attribute__((vector_size(16)));
  typedef int I __attribute__((vector_size(16)));  // lane masks (all bits or none)
  using N = I;                                     // 32-bit integers; arithmetic wraps
  static constexpr int kLanes = 4;
  static constexpr int kRegisters = 16;

  static PAW_INLINE V load(const float* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof(v));
    return v;
  }
  static PAW_INLINE void store(float* p, V v) { __builtin_memcpy(p, &v, sizeof(v)); }
  static PAW_INLINE V set(float x) { return V{x, x, x, x}; }
  // The first n lanes (0 <= n <= kLanes); the others are zero / left alone. Never touches memory past them.
  static PAW_INLINE V load_first(const float* p, int n) {
    V v = set(0.0f);
    for (int i = 0; i < n; ++i) v[i] = p[i];
    return v;
  }
  // The first n lanes, the others from `rest`.
  static PAW_INLINE V load_first_or(const float* p, int n, V rest) {
    for (int i = 0; i < n; ++i) rest[i] = p[i];
    return rest;
  }
  static PAW_INLINE void store_first(float* p, V v, int n) {
    for (int i = 0; i < n; ++i) p[i] = v[i];
  }
  static PAW_INLINE V add(V a, V b) { return a + b; }
  static PAW_INLINE V sub(V a, V b) { return a - b; }
  static PAW_INLINE V mul(V a, V b) { return a * b; }
  static PAW_INLINE V div(V a, V b) { return a / b; }
  static PAW_INLINE V fma(V a, V b, V c) { return a * b + c; }  // a * b + c, rounded once or twice
  // Lane masks.
  static PAW_INLINE I less(V a, V b) { return a < b; }  // false for NaN
  static PAW_INLINE I less_equal(V a, V b) { return a <= b; }
  static PAW_INLINE I equal(V a, V b) { return a == b; }
  static PAW_INLINE V select(I mask, V yes, V no) {
    I y, n;
    __builtin_memcpy(&y, &yes, sizeof(y));
    __builtin_memcpy(&n, &no, sizeof(n));
    const I r = (mask & y) | (~mask & n);
    V v;
    __builtin_memcpy(&v, &r, sizeof(v));
    return v;
  }
  // NaN in `x` stays NaN; `bound` is a number.
  static PAW_INLINE V at_least(V x, V bound) { return select(less(x, bound), bound, x); }
  static PAW_INLINE V at_most(V x, V bound) { return select(less(bound, x), bound, x); }
  // NaN if either is; b where they are equal.
  static PAW_INLINE V maximum(V a, V b) { return select(less(b, a), a, select(equal(a, a), b, a)); }
  static PAW_INLINE V minimum(V a, V b) { return select(less(a, b), a, select(equal(a, a), b, a)); }
  static PAW_INLINE V abs(V x) { return select(less(x, set(0.0f)), -x, x) + set(0.0f); }
  static PAW_INLINE V sqrt(V x) {
    V v;
    for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(x[i]);
    return v;
  }
  // Nearest even; |x| below 2^22.
  static PAW_INLINE V round(V x) {
    const V magic = set(12582912.0f);
    volatile V sum = x + magic;  // keeps the compiler from cancelling the two
    return sum - magic;
  }
  // x as an integer (|x| below 2^31, whole), and 2^n for whole n in [-126, 127] given as float.
  static PAW_INLINE V exp2i(V n) {
    I i = __builtin_convertvector(n, I);
    i = (i + 127) << 23;
    V v;
    __builtin_memcpy(&v, &i, sizeof(v));
    return v;
  }
  static PAW_INLINE V neg(V x) { return -x; }
  // magnitude, not negative, with the sign bit of `sign`.
  static PAW_INLINE V copysign(V magnitude, V sign) {
    return from_bits(bits(magnitude) | (bits(sign) & set_int(-0x7fffffff - 1)));
  }
  // Bits of floats as integers and back.
  static PAW_INLINE N bits(V x) {
    N n;
    __builtin_memcpy(&n, &x, sizeof(n));
    return n;
  }
  static PAW_INLINE V from_bits(N n) {
    V v;
    __builtin_memcpy(&v, &n, sizeof(v));
    return v;
  }
  static PAW_INLINE N set_int(int x) { return N{x, x, x, x}; }
  static PAW_INLINE N add_int(N a, N b) {
    typedef unsigned U __attribute__((vector_size(16)));
    U x, y;
    __builtin_memcpy(&x, &a, sizeof(x));
    __builtin_memcpy(&y, &b, sizeof(y));
    x += y;
    __builtin_memcpy(&a, &x, sizeof(x));
    return a;
  }
  static PAW_INLINE N and_int(N a, N b) { return a & b; }
  template <int K>
  static PAW_INLINE N shift_left(N n) {
    return n << K;
  }
  template <int K>
  static PAW_INLINE N shift_right(N n) {  // keeps the sign
    return n >> K;
  }
  static PAW_INLINE V to_float(N n) { return __builtin_convertvector(n, V); }
  // Lanes summed pairwise: (0+2)+(1+3).
  static PAW_INLINE float sum(V v) { return (v[0] + v[2]) + (v[1] + v[3]); }
};

}  // namespace paw::vec
