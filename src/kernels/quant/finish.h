// The end of every integer kernel that sums: vectors of sums become bytes. Shared by all tiers.
#pragma once

#include "kernels/quant/requantise.h"
#include "kernels/vec/portable.h"

namespace paw::quant_detail {

// How sums become stored numbers: `W` is the way, so that nothing is asked in loops.
template <class T, Requantise W>
PAW_INLINE typename T::V finished(typename T::V sum, typename T::V scale, typename T::V shift, const Quantised& q) {
  const auto zero = T::set(q.zero);
  if constexpr (W == Requantise::kFloat) {
    const auto lo = static_cast<float>(q.min - q.zero), hi = static_cast<float>(q.max - q.zero);
    return T::add(T::scaled_float(sum, scale, lo, hi), zero);
  } else {
    typename T::V v;
    if constexpr (W == Requantise::kReal) {
      v = T::scaled_real(sum, scale, shift);
    } else {
      const auto none = T::set(0);
      const auto left = T::at_least(shift, none), right = T::at_least(T::negated(shift), none);
      v = T::rounded_shift(T::doubled_high(T::shifted_left(sum, left), scale), right);
    }
    return T::at_most(T::at_least(T::add(v, zero), T::set(q.min)), T::set(q.max));
  }
}

// Calls run.template operator()<W>() for a way known at run time.
template <class Run>
PAW_INLINE void for_way(Requantise way, const Run& run) {
  switch (way) {
    case Requantise::kFloat: return run.template operator()<Requantise::kFloat>();
    case Requantise::kDouble: return run.template operator()<Requantise::kDouble>();
    case Requantise::kReal: return run.template operator()<Requantise::kReal>();
  }
}

// NV vectors of results, of which the first `columns` are stored.
template <class T, int NV>
PAW_INLINE void store_row(std::uint8_t* y, const typename T::V (&v)[NV], int columns) {
  if (columns >= NV * T::kLanes) {
    if constexpr (NV == 2) return T::store_bytes(y, v[0], v[1]);
    PAW_UNROLL for (int i = 0; i < NV; ++i) T::store_bytes(y + i * T::kLanes, v[i]);
    return;
  }
  PAW_UNROLL for (int i = 0; i < NV; ++i) {
    const int left = columns - i * T::kLanes;
    if (left >= T::kLanes) {
      T::store_bytes(y + i * T::kLanes, v[i]);
    } else if (left > 0) {
      T::store_first_bytes(y + i * T::kLanes, v[i], left);
    }
  }
}

}  // namespace paw::quant_detail
