// The bodies of the optimiser steps, shared by all tiers.
#pragma once

#include "kernels/optimizer/optimizer.h"
#include "kernels/vec/part.h"

namespace paw::optimizer_detail {

// Calls f(first element, how many) for vectors of the units' elements.
template <class T, class F>
PAW_INLINE void for_each_vector(long count, Range units, const F& f) {
  const long limit = units.end * kOptimizerUnit, end = limit < count ? limit : count;
  long i = units.begin * kOptimizerUnit;
  for (; i + T::kLanes <= end; i += T::kLanes) f.template operator()<true>(i, T::kLanes);
  if (i < end) f.template operator()<false>(i, static_cast<int>(end - i));
}

template <class T>
void sgd(const SgdF32& p, const SgdOperands& o, Range units) {
  const auto momentum = T::set(p.momentum), decay = T::set(p.weight_decay), descent = T::set(-*o.lr);
  const bool nesterov = p.nesterov != 0;
  for_each_vector<T>(p.count, units, [&]<bool Full>(long i, int lanes) PAW_INLINE_LAMBDA {
    const auto w = vec::load_part<T, Full>(o.parameter + i, lanes);
    const auto g = T::fma(decay, w, vec::load_part<T, Full>(o.gradient + i, lanes));
    const auto v = T::fma(momentum, vec::load_part<T, Full>(o.velocity + i, lanes), g);
    const auto way = nesterov ? T::fma(momentum, v, g) : v;
    vec::store_part<T, Full>(o.new_parameter + i, T::fma(descent, way, w), lanes);
    vec::store_part<T, Full>(o.new_velocity + i, v, lanes);
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
    const auto w = vec::load_part<T, Full>(o.parameter + i, lanes);
    const auto g = T::fma(joined, w, vec::load_part<T, Full>(o.gradient + i, lanes));
    const auto m = T::fma(beta1, vec::load_part<T, Full>(o.mean + i, lanes), T::mul(rest1, g));
    const auto v = T::fma(beta2, vec::load_part<T, Full>(o.square + i, lanes), T::mul(rest2, T::mul(g, g)));
    const auto root = T::add(T::sqrt(T::div(v, correction2)), epsilon);
    const auto way = T::fma(apart, w, T::div(T::div(m, correction1), root));
    vec::store_part<T, Full>(o.new_parameter + i, T::fma(descent, way, w), lanes);
    vec::store_part<T, Full>(o.new_mean + i, m, lanes);
    vec::store_part<T, Full>(o.new_square + i, v, lanes);
  });
}

}  // namespace paw::optimizer_detail
