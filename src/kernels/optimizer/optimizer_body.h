// The bodies of the optimiser steps, shared by all tiers.
#pragma once

#include "kernels/optimizer/optimizer.h"
#include "kernels/vec/portable.h"

namespace paw::optimizer_detail {

// Calls f(first element, how many) for vectors of the units' elements.
template <class T, class F>
PAW_INLINE void for_each_vector(long count, Range units, const F& f) {
  const long limit = units.end * kOptimizerUnit, end = limit < count ? limit : count;
  long i = units.begin * kOptimizerUnit;
  for (; i + T::kLanes <= end; i += T::kLanes) f.template operator()<true>(i, T::kLanes);
  if (i < end) f.template operator()<false>(i, static_cast<int>(end - i));
}

template <class T, bool Full>
PAW_INLINE typename T::V load(const float* p, int lanes) {
  return Full ? T::load(p) : T::load_first(p, lanes);
}

template <class T, bool Full>
PAW_INLINE void store(float* p, typename T::V v, int lanes) {
  if constexpr (Full) {
    T::store(p, v);
  } else {
    T::store_first(p, v, lanes);
  }
}

template <class T>
void sgd(const SgdF32& p, const SgdOperands& o, Range units) {
  const auto momentum = T::set(p.momentum), decay = T::set(p.weight_decay), descent = T::set(-*o.lr);
  const bool nesterov = p.nesterov != 0;
  for_each_vector<T>(p.count, units, [&]<bool Full>(long i, int lanes) PAW_INLINE_LAMBDA {
    const auto w = load<T, Full>(o.parameter + i, lanes);
    const auto g = T::fma(decay, w, load<T, Full>(o.gradient + i, lanes));
    const auto v = T::fma(momentum, load<T, Full>(o.velocity + i, lanes), g);
    const auto way = nesterov ? T::fma(momentum, v, g) : v;
    store<T, Full>(o.new_parameter + i, T::fma(descent, way, w), lanes);
    store<T, Full>(o.new_velocity + i, v, lanes);
  });
}

template <class T>
void adam(const AdamF32& p, const AdamOperands& o, Range units) {
  const auto step = static_cast<double>(*o.step);
  const auto of = [](double v) PAW_INLINE_LAMBDA { return T::set(static_cast<float>(v)); };
  const auto correction1 = of(1.0 - __builtin_pow(p.beta1, step)), correction2 = of(1.0 - __builtin_pow(p.beta2, step));
  const auto beta1 = of(p.beta1), rest1 = of(1.0 - p.beta1), beta2 = of(p.beta2), rest2 = of(1.0 - p.beta2);
  const auto epsilon = T::set(p.epsilon), descent = T::set(-*o.lr);
  const auto joined = T::set(p.decoupled != 0 ? 0.0f : p.weight_decay);
  const auto apart = T::set(p.decoupled != 0 ? p.weight_decay : 0.0f);
  for_each_vector<T>(p.count, units, [&]<bool Full>(long i, int lanes) PAW_INLINE_LAMBDA {
    const auto w = load<T, Full>(o.parameter + i, lanes);
    const auto g = T::fma(joined, w, load<T, Full>(o.gradient + i, lanes));
    const auto m = T::fma(beta1, load<T, Full>(o.mean + i, lanes), T::mul(rest1, g));
    const auto v = T::fma(beta2, load<T, Full>(o.square + i, lanes), T::mul(rest2, T::mul(g, g)));
    const auto root = T::add(T::sqrt(T::div(v, correction2)), epsilon);
    const auto way = T::fma(apart, w, T::div(T::div(m, correction1), root));
    store<T, Full>(o.new_parameter + i, T::fma(descent, way, w), lanes);
    store<T, Full>(o.new_mean + i, m, lanes);
    store<T, Full>(o.new_square + i, v, lanes);
  });
}

}  // namespace paw::optimizer_detail
