// The body of the two-operand kernel, shared by all tiers: rows along the last axis, where each operand is either
// contiguous or one repeated element, and an odometer over the other axes.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "kernels/vec/portable.h"

namespace paw::binary_detail {

template <class T>
struct Bounds {
  typename T::V min, max;
  explicit PAW_INLINE Bounds(const BinaryF32& p) : min(T::set(p.min)), max(T::set(p.max)) {}
  PAW_INLINE typename T::V clamp(typename T::V v) const { return T::at_most(T::at_least(v, min), max); }
};

// PAW_BINARY(name, value of a and b).
#define PAW_BINARY(Name, ...)                                       \
  template <class T>                                                \
  struct Name : Bounds<T> {                                         \
    using V = typename T::V;                                        \
    using Bounds<T>::Bounds;                                        \
    PAW_INLINE V operator()(V a, V b) const { return __VA_ARGS__; } \
  }
PAW_BINARY(Add, this->clamp(T::add(a, b)));
PAW_BINARY(Sub, this->clamp(T::sub(a, b)));
PAW_BINARY(Mul, this->clamp(T::mul(a, b)));
PAW_BINARY(Div, this->clamp(T::div(a, b)));
PAW_BINARY(Maximum, T::maximum(a, b));
PAW_BINARY(Minimum, T::minimum(a, b));
PAW_BINARY(ClampGrad,
           T::select(T::less(this->min, b), T::select(T::less(b, this->max), a, T::set(0.0f)), T::set(0.0f)));
// No multiply-add: every tier rounds alike.
template <class T>
PAW_INLINE typename T::V hard_swish_slope_times(typename T::V a, typename T::V b) {
  const auto three = T::set(3.0f);
  const auto inside = T::mul(T::mul(a, T::add(T::add(b, b), three)), T::set(1.0f / 6.0f));
  const auto not_low = T::select(T::less_equal(three, b), a, inside);
  return T::select(T::less_equal(b, T::set(-3.0f)), T::set(0.0f), not_low);
}
PAW_BINARY(HardSwishGrad, hard_swish_slope_times<T>(a, b));
#undef PAW_BINARY

// n elements of one row. StepA, StepB: 1 contiguous, 0 the element at `a` or `b` again and again.
template <class T, int StepA, int StepB, class F>
PAW_INLINE void row(const F& f, const float* a, const float* b, float* y, long n) {
  using V = typename T::V;
  constexpr int kVectors = 4;
  const V one_a = T::set(*a), one_b = T::set(*b);
  const auto value = [&](long i) PAW_INLINE_LAMBDA {
    return f(StepA == 1 ? T::load(a + i) : one_a, StepB == 1 ? T::load(b + i) : one_b);
  };
  long i = 0;
  for (; i + kVectors * T::kLanes <= n; i += kVectors * T::kLanes) {
    V v[kVectors];
    PAW_UNROLL for (int k = 0; k < kVectors; ++k) v[k] = value(i + k * T::kLanes);
    PAW_UNROLL for (int k = 0; k < kVectors; ++k) T::store(y + i + k * T::kLanes, v[k]);
  }
  for (; i + T::kLanes <= n; i += T::kLanes) T::store(y + i, value(i));
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    const V va = StepA == 1 ? T::load_first(a + i, rest) : one_a;
    const V vb = StepB == 1 ? T::load_first(b + i, rest) : one_b;
    T::store_first(y + i, f(va, vb), rest);
  }
}

// Where the odometer stands: the row's index along each outer axis, and where it begins in each operand.
struct Position {
  long index[kBinaryAxes - 1];
  long a, b;
};

PAW_INLINE long element_count(const BinaryF32& p) {
  long count = 1;
  PAW_UNROLL for (int axis = 0; axis < kBinaryAxes; ++axis) count *= p.extents[axis];
  return count;
}

PAW_INLINE Position position(const BinaryF32& p, long row_number) {
  Position at{};
  for (int axis = kBinaryAxes - 2; axis >= 0; --axis) {
    at.index[axis] = row_number % p.extents[axis];
    row_number /= p.extents[axis];
    at.a += at.index[axis] * p.a[axis];
    at.b += at.index[axis] * p.b[axis];
  }
  return at;
}

PAW_INLINE void advance(const BinaryF32& p, Position& at) {
  for (int axis = kBinaryAxes - 2; axis >= 0; --axis) {
    at.a += p.a[axis];
    at.b += p.b[axis];
    if (++at.index[axis] < p.extents[axis]) return;
    at.index[axis] = 0;
    at.a -= p.a[axis] * p.extents[axis];
    at.b -= p.b[axis] * p.extents[axis];
  }
}

template <class T, int StepA, int StepB, class F>
void rows(const BinaryF32& p, const float* a, const float* b, float* y, Range units) {
  const F f(p);
  const long width = p.extents[kBinaryAxes - 1];
  const long count = element_count(p), limit = units.end * p.unit;
  const long end = limit < count ? limit : count;
  const long begin = units.begin * p.unit;
  if (begin >= end) return;
  Position at = position(p, begin / width);
  long column = begin % width;
  for (long i = begin; i < end;) {
    const long n = width - column < end - i ? width - column : end - i;
    row<T, StepA, StepB>(f, a + at.a + column * StepA, b + at.b + column * StepB, y + i, n);
    i += n;
    column = 0;
    advance(p, at);
  }
}

template <class T, class F>
void by_steps(const BinaryF32& p, const float* a, const float* b, float* y, Range units) {
  const bool step_a = p.a[kBinaryAxes - 1] != 0, step_b = p.b[kBinaryAxes - 1] != 0;
  if (step_a && step_b) return rows<T, 1, 1, F>(p, a, b, y, units);
  if (step_a) return rows<T, 1, 0, F>(p, a, b, y, units);
  if (step_b) return rows<T, 0, 1, F>(p, a, b, y, units);
  return rows<T, 0, 0, F>(p, a, b, y, units);
}

template <class T>
void binary(const BinaryF32& p, const float* a, const float* b, float* y, Range units) {
  // clang-format off
  switch (p.op) {
    case BinaryOp::kAdd: return by_steps<T, Add<T>>(p, a, b, y, units);
    case BinaryOp::kSub: return by_steps<T, Sub<T>>(p, a, b, y, units);
    case BinaryOp::kMul: return by_steps<T, Mul<T>>(p, a, b, y, units);
    case BinaryOp::kDiv: return by_steps<T, Div<T>>(p, a, b, y, units);
    case BinaryOp::kMaximum: return by_steps<T, Maximum<T>>(p, a, b, y, units);
    case BinaryOp::kMinimum: return by_steps<T, Minimum<T>>(p, a, b, y, units);
#if defined(PAW_APP_ENGINE)  // apps do not train; the step's check refuses these there
    case BinaryOp::kClampGrad:
    case BinaryOp::kHardSwishGrad: return;
#else
    case BinaryOp::kClampGrad: return by_steps<T, ClampGrad<T>>(p, a, b, y, units);
    case BinaryOp::kHardSwishGrad: return by_steps<T, HardSwishGrad<T>>(p, a, b, y, units);
#endif
  }
  // clang-format on
}

}  // namespace paw::binary_detail
