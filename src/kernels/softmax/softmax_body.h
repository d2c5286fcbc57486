// The body of softmax, shared by all tiers: the largest element, then e^(x - largest) and its sum, then the division.
// A NaN or +infinity anywhere in a line, or nothing but -infinity, makes x - largest NaN somewhere, hence the sum,
// hence the line: no special case.
#pragma once

#include "kernels/elementwise/math_body.h"
#include "kernels/softmax/softmax.h"

namespace paw::softmax_detail {

// The largest lane, NaN if there is one.
template <class T>
PAW_INLINE float largest_lane(typename T::V v) {
  float lanes[T::kLanes];
  T::store(lanes, v);
  float best = lanes[0];
  for (int i = 1; i < T::kLanes; ++i) best = lanes[i] > best || __builtin_isnan(lanes[i]) ? lanes[i] : best;
  return best;
}

// Lanes past the end of a line hold -infinity: they win no comparison and add 0 to the sum.
template <class T>
PAW_INLINE typename T::V load_rest(const float* p, long n) {
  return T::load_first_or(p, static_cast<int>(n), T::set(-__builtin_inff()));
}

template <class T>
PAW_INLINE float largest(const float* x, long n) {
  auto best = T::set(-__builtin_inff());
  long i = 0;
  for (; i + T::kLanes <= n; i += T::kLanes) best = T::maximum(T::load(x + i), best);
  if (i < n) best = T::maximum(load_rest<T>(x + i, n - i), best);
  return largest_lane<T>(best);
}

// Sum of e^(x - m); the terms go to y when Store.
template <class T, bool Store>
PAW_INLINE float sum_of_exp(const float* x, float* y, long n, float m) {
  const auto shift = T::set(m);
  auto sum = T::set(0.0f);
  long i = 0;
  for (; i + T::kLanes <= n; i += T::kLanes) {
    const auto e = math::exp<T>(T::sub(T::load(x + i), shift));
    if constexpr (Store) T::store(y + i, e);
    sum = T::add(sum, e);
  }
  if (i < n) {
    const auto e = math::exp<T>(T::sub(load_rest<T>(x + i, n - i), shift));
    if constexpr (Store) T::store_first(y + i, e, static_cast<int>(n - i));
    sum = T::add(sum, e);
  }
  return T::sum(sum);
}

// y[i] = f(x[i]).
template <class T, class F>
PAW_INLINE void each(const float* x, float* y, long n, F f) {
  long i = 0;
  for (; i + T::kLanes <= n; i += T::kLanes) T::store(y + i, f(T::load(x + i)));
  if (i < n) T::store_first(y + i, f(T::load_first(x + i, static_cast<int>(n - i))), static_cast<int>(n - i));
}

template <class T>
void line(const SoftmaxF32& p, const float* x, float* y) {
  using V = typename T::V;
  const long n = p.axis;
  const float m = largest<T>(x, n);
  if (p.log != 0) {
    const V shift = T::set(m), total = math::log<T>(T::set(sum_of_exp<T, false>(x, y, n, m)));
    each<T>(x, y, n, [&](V v) PAW_INLINE_LAMBDA { return T::sub(T::sub(v, shift), total); });
  } else {
    const V total = T::set(sum_of_exp<T, true>(x, y, n, m));
    each<T>(y, y, n, [&](V v) PAW_INLINE_LAMBDA { return T::div(v, total); });
  }
}

// A vector of neighbouring lines whose elements are p.inner apart; the first `lanes` of it exist.
template <class T>
void lines(const SoftmaxF32& p, const float* x, float* y, int lanes) {
  const long stride = p.inner, end = p.axis * p.inner;
  auto m = T::set(-__builtin_inff());
  for (long i = 0; i < end; i += stride) m = T::maximum(T::load_first(x + i, lanes), m);
  auto sum = T::set(0.0f);
  for (long i = 0; i < end; i += stride) {
    const auto e = math::exp<T>(T::sub(T::load_first(x + i, lanes), m));
    if (p.log == 0) T::store_first(y + i, e, lanes);
    sum = T::add(sum, e);
  }
  if (p.log != 0) {
    const auto total = math::log<T>(sum);
    for (long i = 0; i < end; i += stride) {
      T::store_first(y + i, T::sub(T::sub(T::load_first(x + i, lanes), m), total), lanes);
    }
  } else {
    for (long i = 0; i < end; i += stride) T::store_first(y + i, T::div(T::load_first(y + i, lanes), sum), lanes);
  }
}

template <class T>
void softmax(const SoftmaxF32& p, const float* x, float* y, Range units) {
  const long blocks = (p.inner + kSoftmaxColumns - 1) / kSoftmaxColumns;
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long at = unit / blocks * p.axis * p.inner;
    if (p.inner == 1) {
      line<T>(p, x + at, y + at);
      continue;
    }
    const long first = unit % blocks * kSoftmaxColumns;
    const long end = first + kSoftmaxColumns < p.inner ? first + kSoftmaxColumns : p.inner;
    for (long c = first; c < end; c += T::kLanes) {
      const int lanes = end - c < T::kLanes ? static_cast<int>(end - c) : T::kLanes;
      lines<T>(p, x + at + c, y + at + c, lanes);
    }
  }
}

}  // namespace paw::softmax_detail
