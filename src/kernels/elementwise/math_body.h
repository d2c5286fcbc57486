// Transcendental functions over vectors, shared by all tiers. No table, no branch; NaN gives NaN. Bounds in units of
// the last place (ulp) of the result are those that math_test.cc measures. Results below the smallest normal number may
// be 0. Coefficients: minimax fits (Remez) of our own, in double, rounded to float.
#pragma once

#include "kernels/vec/portable.h"

namespace paw::math {

inline constexpr float kLog2E = 1.44269504f;
// ln 2 in two parts: a multiple of the first by a small integer is exact.
inline constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
// 1.5 * 2^23: a float near it has a unit in the last place of 1, so adding it rounds to an integer, found in its low
// bits.
inline constexpr float kRounder = 12582912.0f;

template <class T>
PAW_INLINE typename T::V poly(typename T::V /*x*/, float c0) {
  return T::set(c0);
}
// c0 + c1 x + c2 x^2 + ...
template <class T, class... C>
PAW_INLINE typename T::V poly(typename T::V x, float c0, float c1, C... rest) {
  return T::fma(poly<T>(x, c1, rest...), x, T::set(c0));
}

// e^r - 1 for |r| <= ln(2) / 2, accurate near 0 too.
template <class T>
PAW_INLINE typename T::V expm1_core(typename T::V r) {
  const auto q = poly<T>(r, 0.500000006f, 0.166665429f, 0.0416662816f, 0.00836660159f, 0.00139464815f);
  return T::fma(T::mul(r, r), q, r);
}

// x = n ln 2 + r. The low bits of `shifted` hold n + Bias.
template <class T>
struct Reduced {
  typename T::V r, shifted;
};
template <class T, int Bias>
PAW_INLINE Reduced<T> reduce(typename T::V x) {
  const auto rounder = T::set(kRounder + static_cast<float>(Bias));
  const auto shifted = T::fma(x, T::set(kLog2E), rounder);
  const auto n = T::sub(shifted, rounder);
  return {T::fma(n, T::set(-kLn2Low), T::fma(n, T::set(-kLn2High), x)), shifted};
}

// 2^n of a reduction with Bias 127, n in [-126, 127].
template <class T>
PAW_INLINE typename T::V power_of_two(typename T::V shifted) {
  return T::from_bits(T::template shift_left<23>(T::bits(shifted)));
}

// e^x for x in [-87.3, 88.3].
template <class T>
PAW_INLINE typename T::V exp_inside(typename T::V x) {
  const Reduced<T> at = reduce<T, 127>(x);
  return T::mul(T::add(expm1_core<T>(at.r), T::set(1.0f)), power_of_two<T>(at.shifted));
}

// e^x, 2 ulp.
template <class T>
PAW_INLINE typename T::V exp(typename T::V x) {
  constexpr float kLowest = -87.3365402f;  // below it the result is not a normal number
  constexpr float kHighest = 88.7228317f;  // above it the result is infinite
  const Reduced<T> at = reduce<T, 0>(x);
  // n reaches 128, where 2^n is no float: it is added to the exponent instead.
  const auto scaled = T::from_bits(
      T::add_int(T::bits(T::add(expm1_core<T>(at.r), T::set(1.0f))), T::template shift_left<23>(T::bits(at.shifted))));
  const auto y = T::select(T::less(x, T::set(kLowest)), T::set(0.0f), scaled);
  return T::select(T::less_equal(x, T::set(kHighest)), y, T::mul(x, T::set(__builtin_inff())));
}

// 1 + e^-x; infinite when that is above 2^127.
template <class T>
PAW_INLINE typename T::V one_plus_exp_neg(typename T::V x) {
  constexpr float kHighest = 88.3f, kLowest = -87.3f;
  const auto minus = T::neg(x);
  const auto e = exp_inside<T>(T::at_least(T::at_most(minus, T::set(kHighest)), T::set(kLowest)));
  const auto sum = T::add(e, T::set(1.0f));
  return T::select(T::less(T::set(kHighest), minus), T::set(__builtin_inff()), sum);
}

// 1 / (1 + e^-x), 3 ulp.
template <class T>
PAW_INLINE typename T::V sigmoid(typename T::V x) {
  return T::div(T::set(1.0f), one_plus_exp_neg<T>(x));
}

// (e^2x - 1) / (e^2x + 1), 3 ulp everywhere.
template <class T>
PAW_INLINE typename T::V tanh(typename T::V x) {
  constexpr float kHighest = 20.0f;  // of 2 |x|: the result is 1 from 18.1 on
  const auto a = T::abs(x);
  const Reduced<T> at = reduce<T, 127>(T::at_most(T::add(a, a), T::set(kHighest)));
  const auto scale = power_of_two<T>(at.shifted);
  // n >= 0: neither 2^n - 1 nor the sum loses bits.
  const auto em1 = T::fma(expm1_core<T>(at.r), scale, T::sub(scale, T::set(1.0f)));
  return T::copysign(T::div(em1, T::add(em1, T::set(2.0f))), x);
}

// ln x, 1 ulp; of negative numbers NaN, of 0 -infinity.
template <class T>
PAW_INLINE typename T::V log(typename T::V x) {
  constexpr int kRootHalf = 0x3f3504f3;  // bits of sqrt(1/2)
  constexpr float kSmallestNormal = 1.17549435e-38f, kTwo23 = 8388608.0f;
  const auto tiny = T::less(x, T::set(kSmallestNormal));
  // x = 2^n m, m in [sqrt(1/2), sqrt(2)).
  const auto offset = T::add_int(T::bits(T::select(tiny, T::mul(x, T::set(kTwo23)), x)), T::set_int(-kRootHalf));
  const auto m = T::from_bits(T::add_int(T::and_int(offset, T::set_int(0x7fffff)), T::set_int(kRootHalf)));
  const auto n =
      T::add(T::to_float(T::template shift_right<23>(offset)), T::select(tiny, T::set(-23.0f), T::set(0.0f)));
  // ln(1 + f) = f - f^2 / 2 + f^3 p(f).
  const auto f = T::sub(m, T::set(1.0f));
  const auto f2 = T::mul(f, f);
  const auto p = poly<T>(f, 0.333333316f, -0.250008224f, 0.200012397f, -0.166233176f, 0.14201417f, -0.131602332f,
                         0.127641833f, -0.0763776255f);
  auto y = T::mul(T::mul(f2, f), p);
  y = T::fma(n, T::set(kLn2Low), y);
  y = T::fma(f2, T::set(-0.5f), y);
  y = T::fma(n, T::set(kLn2High), T::add(f, y));
  const auto zero = T::set(0.0f);
  y = T::select(T::less(x, zero), T::set(__builtin_nanf("")), y);
  y = T::select(T::equal(x, zero), T::set(-__builtin_inff()), y);
  return T::select(T::less(x, T::set(__builtin_inff())), y, x);  // infinity and NaN as they are
}

// erf and 1 - erf of a, 0 <= a <= kErfcEnd: near 0 from the series of erf, elsewhere erfc = e^q(a).
inline constexpr float kErfSplit = 0.921875f, kErfcEnd = 5.0f;

template <class T>
PAW_INLINE typename T::V erf_near_zero(typename T::V a) {
  const auto s =
      poly<T>(T::mul(a, a), 0.12837915f, -0.376124937f, 0.112818162f, -0.0267666161f, 0.0049931801f, -0.000599085338f);
  return T::fma(a, s, a);
}
template <class T>
PAW_INLINE typename T::V erfc_far(typename T::V a) {
  return exp_inside<T>(poly<T>(a, -0.000469736276f, -1.1267392f, -0.638274199f, -0.103620293f, 0.0225888577f,
                               -0.00338235587f, 0.000303648738f, -1.21604239e-05f));
}

// The error function, 2 ulp.
template <class T>
PAW_INLINE typename T::V erf(typename T::V x) {
  const auto a = T::at_most(T::abs(x), T::set(kErfcEnd));
  const auto far = T::sub(T::set(1.0f), erfc_far<T>(a));
  return T::copysign(T::select(T::less(a, T::set(kErfSplit)), erf_near_zero<T>(a), far), x);
}

// x (1 + erf(x / sqrt 2)) / 2 without the cancellation left of 0; results below 1e-11 in size may be 0 there.
template <class T>
PAW_INLINE typename T::V gelu(typename T::V x) {
  constexpr float kHalfRoot = 0.707106781f;
  const auto half = T::set(0.5f);
  const auto distance = T::mul(T::abs(x), T::set(kHalfRoot));
  const auto a = T::at_most(distance, T::set(kErfcEnd));
  const auto erfc = T::select(T::less(a, T::set(kErfSplit)), T::sub(T::set(1.0f), erf_near_zero<T>(a)), erfc_far<T>(a));
  const auto tail = T::select(T::less(T::set(kErfcEnd), distance), T::set(0.0f), T::mul(erfc, half));
  return T::mul(x, T::select(T::less(x, T::set(0.0f)), tail, T::sub(T::set(1.0f), tail)));
}

// Its tanh form, x (1 + tanh u) / 2 = x / (1 + e^-2u).
template <class T>
PAW_INLINE typename T::V gelu_tanh(typename T::V x) {
  constexpr float kTwiceInner = 1.59576912f;  // 2 sqrt(2 / pi)
  constexpr float kCubic = 0.044715f;
  const auto inner = T::fma(T::mul(T::mul(x, x), T::set(kCubic)), x, x);
  return T::div(x, one_plus_exp_neg<T>(T::mul(inner, T::set(kTwiceInner))));
}

}  // namespace paw::math
