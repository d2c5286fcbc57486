// The body of the 8-bit two-operand kernel and of tables, shared by all tiers.
#pragma once

#include "kernels/elementwise/binary_body.h"
#include "kernels/quant/binary_i8.h"
#include "kernels/quant/finish.h"

namespace paw::binary_i8_detail {

template <class T>
struct AddShifted {
  using V = typename T::V;
  V a, b, bias;
  int shift;
  V zero, min, max;
  explicit PAW_INLINE AddShifted(const BinaryI8& p)
      : a(T::set(p.a_multiplier)),
        b(T::set(p.b_multiplier)),
        bias(T::set(p.bias)),
        shift(p.shift),
        zero(T::set(p.y.zero)),
        min(T::set(p.y.min)),
        max(T::set(p.y.max)) {}
  PAW_INLINE V operator()(V x, V y) const {
    const V sum = T::add(T::add(T::multiply(x, a), bias), T::multiply(y, b));
    return T::at_most(T::at_least(T::add(T::shift_right(sum, shift), zero), min), max);
  }
};

template <class T>
struct AddTwice {
  using V = typename T::V;
  BinaryI8 p;  // a copy: bytes that are written may not be it
  explicit PAW_INLINE AddTwice(const BinaryI8& params) : p(params) {}
  PAW_INLINE V fine(V x, std::int32_t zero, std::int32_t multiplier, std::int32_t shift) const {
    const V shifted = T::shifted_left(T::add(x, T::set(-zero)), T::set(p.shift));
    return T::rounded_shift(T::doubled_high(shifted, T::set(multiplier)), T::set(shift));
  }
  PAW_INLINE V operator()(V x, V y) const {
    const bool minus = p.b_multiplier < 0;
    const V right = fine(y, p.b_zero, minus ? -p.b_multiplier : p.b_multiplier, p.b_shift);
    const V sum = T::add(fine(x, p.a_zero, p.a_multiplier, p.a_shift), minus ? T::negated(right) : right);
    const V v = T::rounded_shift(T::doubled_high(sum, T::set(p.y_scale)), T::set(p.y_shift));
    return T::at_most(T::at_least(T::add(v, T::set(p.y.zero)), T::set(p.y.min)), T::set(p.y.max));
  }
};

template <class T, Requantise W>
struct Mul {
  using V = typename T::V;
  BinaryI8 p;
  explicit PAW_INLINE Mul(const BinaryI8& params) : p(params) {}
  PAW_INLINE V operator()(V x, V y) const {
    const V product = T::multiply(T::add(x, T::set(-p.a_zero)), T::add(y, T::set(-p.b_zero)));
    return quant_detail::finished<T, W>(product, T::set(p.y_scale), T::set(p.y_shift), p.y);
  }
};

template <class T>
struct Maximum {
  explicit PAW_INLINE Maximum(const BinaryI8&) {}
  PAW_INLINE typename T::V operator()(typename T::V x, typename T::V y) const { return T::at_least(x, y); }
};
template <class T>
struct Minimum {
  explicit PAW_INLINE Minimum(const BinaryI8&) {}
  PAW_INLINE typename T::V operator()(typename T::V x, typename T::V y) const { return T::at_most(x, y); }
};

// n elements of one row. StepA, StepB: 1 contiguous, 0 the element at `a` or `b` again and again.
template <class T, class F>
PAW_INLINE void row(const F& f, bool is_signed, const std::uint8_t* a, bool step_a, const std::uint8_t* b, bool step_b,
                    std::uint8_t* y, long n) {
  const auto one = [&](const std::uint8_t* p)
                       PAW_INLINE_LAMBDA { return T::set(is_signed ? static_cast<std::int8_t>(*p) : *p); };
  const auto one_a = one(a), one_b = one(b);
  long i = 0;
  for (; i + T::kLanes <= n; i += T::kLanes) {
    T::store_bytes(y + i, f(step_a ? T::bytes(a + i, is_signed) : one_a, step_b ? T::bytes(b + i, is_signed) : one_b));
  }
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    const auto x = step_a ? T::first_bytes(a + i, rest, is_signed) : one_a;
    T::store_first_bytes(y + i, f(x, step_b ? T::first_bytes(b + i, rest, is_signed) : one_b), rest);
  }
}

template <class T, class F>
void rows(const BinaryI8& params, const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* y, Range units) {
  const F f(params);
  const BinaryF32& p = params.grid;
  const bool step_a = p.a[kBinaryAxes - 1] != 0, step_b = p.b[kBinaryAxes - 1] != 0;
  const long width = p.extents[kBinaryAxes - 1];
  const long count = binary_detail::element_count(p), limit = units.end * p.unit;
  const long end = limit < count ? limit : count, begin = units.begin * p.unit;
  if (begin >= end) return;
  binary_detail::Position at = binary_detail::position(p, begin / width);
  long column = begin % width;
  for (long i = begin; i < end;) {
    const long n = width - column < end - i ? width - column : end - i;
    row<T>(f, params.is_signed != 0, a + at.a + (step_a ? column : 0), step_a, b + at.b + (step_b ? column : 0), step_b,
           y + i, n);
    i += n;
    column = 0;
    binary_detail::advance(p, at);
  }
}

template <class T>
void binary(const BinaryI8& p, const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* y, Range units) {
  switch (p.op) {
    case BinaryI8Op::kAddShifted: return rows<T, AddShifted<T>>(p, a, b, y, units);
    case BinaryI8Op::kAddTwice: return rows<T, AddTwice<T>>(p, a, b, y, units);
    case BinaryI8Op::kMaximum: return rows<T, Maximum<T>>(p, a, b, y, units);
    case BinaryI8Op::kMinimum: return rows<T, Minimum<T>>(p, a, b, y, units);
    case BinaryI8Op::kMul: break;
  }
  switch (p.way) {
    case Requantise::kFloat: return rows<T, Mul<T, Requantise::kFloat>>(p, a, b, y, units);
    case Requantise::kDouble: return rows<T, Mul<T, Requantise::kDouble>>(p, a, b, y, units);
    case Requantise::kReal: return rows<T, Mul<T, Requantise::kReal>>(p, a, b, y, units);
  }
}

template <class T>
void lookup(const LookupI8& p, const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, Range units) {
  const long limit = units.end * p.unit, end = limit < p.count ? limit : p.count;
  long i = units.begin * p.unit;
  i += T::look_up(table, x + i, y + i, end - i);
  for (; i < end; ++i) y[i] = table[x[i]];
}

}  // namespace paw::binary_i8_detail
