// The body of the one-operand kernel, shared by all tiers: one function object per op, one loop.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/math_body.h"

namespace paw::unary_detail {

// An op without parameters: PAW_UNARY(name, vectors per pass, its value of x).
#define PAW_UNARY(Name, vectors, ...)                          \
  template <class T>                                           \
  struct Name {                                                \
    using V = typename T::V;                                   \
    static constexpr int kVectors = vectors;                   \
    explicit PAW_INLINE Name(const UnaryF32&) {}               \
    PAW_INLINE V operator()(V x) const { return __VA_ARGS__; } \
  }

// x (1/6) would lose the last bit of 1 / 6 twice.
template <class T>
PAW_INLINE typename T::V hard_sigmoid_of(typename T::V x) {
  const auto sum = T::add(x, T::set(3.0f));
  return T::mul(T::at_most(T::at_least(sum, T::set(0.0f)), T::set(6.0f)), T::set(1.0f / 6.0f));
}

template <class T>
PAW_INLINE typename T::V sign_of(typename T::V x) {
  const auto zero = T::set(0.0f);
  const auto not_positive = T::select(T::less(x, zero), T::set(-1.0f), T::add(x, zero));  // of zeros +0, of NaN NaN
  return T::select(T::less(zero, x), T::set(1.0f), not_positive);
}

// From 2^22 on every float that is no integer ends in .5, and T::round does not hold.
template <class T>
PAW_INLINE typename T::V round_of(typename T::V x) {
  const auto a = T::abs(x), half_way = T::set(4194304.0f), twice = T::set(8388608.0f);
  const auto lower = T::round(T::sub(a, half_way));
  const auto near = T::select(T::less(a, half_way), T::round(a), T::add(lower, half_way));
  return T::select(T::less(a, twice), T::copysign(near, x), x);
}

PAW_UNARY(Copy, 4, x);
PAW_UNARY(HardSigmoid, 4, hard_sigmoid_of<T>(x));
PAW_UNARY(HardSwish, 4, T::mul(x, hard_sigmoid_of<T>(x)));
PAW_UNARY(Sigmoid, 2, math::sigmoid<T>(x));
PAW_UNARY(Silu, 2, T::div(x, math::one_plus_exp_neg<T>(x)));
PAW_UNARY(Tanh, 2, math::tanh<T>(x));
PAW_UNARY(Gelu, 1, math::gelu<T>(x));
PAW_UNARY(GeluTanh, 2, math::gelu_tanh<T>(x));
PAW_UNARY(Erf, 1, math::erf<T>(x));
PAW_UNARY(Exp, 2, math::exp<T>(x));
PAW_UNARY(Log, 1, math::log<T>(x));
PAW_UNARY(Sqrt, 2, T::sqrt(x));
PAW_UNARY(Rsqrt, 2, T::div(T::set(1.0f), T::sqrt(x)));
PAW_UNARY(Square, 4, T::mul(x, x));
PAW_UNARY(Abs, 4, T::abs(x));
PAW_UNARY(Neg, 4, T::neg(x));
PAW_UNARY(Sign, 4, sign_of<T>(x));
PAW_UNARY(Round, 4, round_of<T>(x));
#undef PAW_UNARY

template <class T>
struct Clamp {
  using V = typename T::V;
  static constexpr int kVectors = 4;
  V min, max;
  explicit PAW_INLINE Clamp(const UnaryF32& p) : min(T::set(p.a)), max(T::set(p.b)) {}
  PAW_INLINE V operator()(V x) const { return T::at_most(T::at_least(x, min), max); }
};

template <class T>
struct LeakyRelu {
  using V = typename T::V;
  static constexpr int kVectors = 4;
  V slope;
  explicit PAW_INLINE LeakyRelu(const UnaryF32& p) : slope(T::set(p.a)) {}
  PAW_INLINE V operator()(V x) const { return T::select(T::less(x, T::set(0.0f)), T::mul(x, slope), x); }
};

// Vectors that are worked on together, where code is not part of a download.
template <class F>
constexpr int together() {
#if defined(__wasm__)
  return 1;
#else
  return F::kVectors;
#endif
}

// Every element goes through the same instructions, in a full vector or not: units may be cut anywhere.
template <class T, class F>
void map(const UnaryF32& p, const float* x, float* y, Range units) {
  constexpr int kVectors = together<F>(), kWide = kVectors * T::kLanes;
  const F f(p);
  const long limit = units.end * p.unit;
  const long end = limit < p.count ? limit : p.count;
  long i = units.begin * p.unit;
  for (; i + kWide <= end; i += kWide) {
    typename T::V v[kVectors];
    PAW_UNROLL for (int k = 0; k < kVectors; ++k) v[k] = T::load(x + i + k * T::kLanes);
    PAW_UNROLL for (int k = 0; k < kVectors; ++k) v[k] = f(v[k]);
    PAW_UNROLL for (int k = 0; k < kVectors; ++k) T::store(y + i + k * T::kLanes, v[k]);
  }
  if constexpr (kVectors > 1) {
    for (; i + T::kLanes <= end; i += T::kLanes) T::store(y + i, f(T::load(x + i)));
  }
  if (i < end) {
    const int rest = static_cast<int>(end - i);
    T::store_first(y + i, f(T::load_first(x + i, rest)), rest);
  }
}

template <class T>
void unary(const UnaryF32& p, const float* x, float* y, Range units) {
  // clang-format off
  switch (p.op) {
    case UnaryOp::kCopy: return map<T, Copy<T>>(p, x, y, units);
    case UnaryOp::kClamp: return map<T, Clamp<T>>(p, x, y, units);
    case UnaryOp::kLeakyRelu: return map<T, LeakyRelu<T>>(p, x, y, units);
    case UnaryOp::kHardSigmoid: return map<T, HardSigmoid<T>>(p, x, y, units);
    case UnaryOp::kHardSwish: return map<T, HardSwish<T>>(p, x, y, units);
    case UnaryOp::kSigmoid: return map<T, Sigmoid<T>>(p, x, y, units);
    case UnaryOp::kSilu: return map<T, Silu<T>>(p, x, y, units);
    case UnaryOp::kTanh: return map<T, Tanh<T>>(p, x, y, units);
    case UnaryOp::kGelu: return map<T, Gelu<T>>(p, x, y, units);
    case UnaryOp::kGeluTanh: return map<T, GeluTanh<T>>(p, x, y, units);
    case UnaryOp::kErf: return map<T, Erf<T>>(p, x, y, units);
    case UnaryOp::kExp: return map<T, Exp<T>>(p, x, y, units);
    case UnaryOp::kLog: return map<T, Log<T>>(p, x, y, units);
    case UnaryOp::kSqrt: return map<T, Sqrt<T>>(p, x, y, units);
    case UnaryOp::kRsqrt: return map<T, Rsqrt<T>>(p, x, y, units);
    case UnaryOp::kSquare: return map<T, Square<T>>(p, x, y, units);
    case UnaryOp::kAbs: return map<T, Abs<T>>(p, x, y, units);
    case UnaryOp::kNeg: return map<T, Neg<T>>(p, x, y, units);
    case UnaryOp::kSign: return map<T, Sign<T>>(p, x, y, units);
    case UnaryOp::kRound: return map<T, Round<T>>(p, x, y, units);
  }
  // clang-format on
}

}  // namespace paw::unary_detail
