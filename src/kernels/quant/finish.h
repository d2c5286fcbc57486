// The end of every integer kernel that sums: rows of sums become rows of bytes. Shared by all tiers.
#pragma once

#include "kernels/quant/requantise.h"
#include "kernels/vec/portable.h"

namespace paw::quant_detail {

// How a step rounds and where its results lie.
struct Finish {
  Requantise way;
  Quantised y;
};

template <class T, Requantise W>
PAW_INLINE typename T::V finished(typename T::V sum, typename T::V scale, typename T::V shift, const Quantised& q) {
  typename T::V v;
  if constexpr (W == Requantise::kFloat) {
    v = T::scaled_float(sum, scale, static_cast<float>(q.min - q.zero), static_cast<float>(q.max - q.zero));
  } else if constexpr (W == Requantise::kReal) {
    v = T::scaled_real(sum, scale, shift);
  } else {
    const auto none = T::set(0);
    const auto left = T::at_least(shift, none), right = T::at_least(T::negated(shift), none);
    v = T::rounded_shift(T::doubled_high(T::shifted_left(sum, left), scale), right);
  }
  return T::at_most(T::at_least(T::add(v, T::set(q.zero)), T::set(q.min)), T::set(q.max));
}

// `count` sums of one row. scale, shift: per sum, readable up to a whole vector (scale: bits of a float or multiplier).
template <class T, Requantise W>
PAW_INLINE void finish_row(const Quantised& q, const std::int32_t* sums, const std::int32_t* scale,
                           const std::int32_t* shift, long count, std::uint8_t* y) {
  for (long i = 0; i < count; i += T::kLanes) {
    const auto v = finished<T, W>(T::load(sums + i), T::load(scale + i), T::load(shift + i), q);
    if (count - i >= T::kLanes) {
      T::store_bytes(y + i, v);
    } else {
      T::store_first_bytes(y + i, v, static_cast<int>(count - i));
    }
  }
}

// Rows of sums, `sums_apart` from each other and padded to whole vectors.
template <class T>
PAW_INLINE void finish_rows(const Finish& f, const std::int32_t* sums, long sums_apart, const std::int32_t* scale,
                            const std::int32_t* shift, long rows, long count, std::uint8_t* y, long y_apart) {
  const Quantised q = f.y;  // a copy: bytes that are written may not be it
  const auto all = [&]<Requantise W>() PAW_INLINE_LAMBDA {
    for (long r = 0; r < rows; ++r) {
      finish_row<T, W>(q, sums + r * sums_apart, scale, shift, count, y + r * y_apart);
    }
  };
  switch (f.way) {
    case Requantise::kFloat: return all.template operator()<Requantise::kFloat>();
    case Requantise::kDouble: return all.template operator()<Requantise::kDouble>();
    case Requantise::kReal: return all.template operator()<Requantise::kReal>();
  }
}

}  // namespace paw::quant_detail
