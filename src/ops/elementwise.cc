#include "ops/elementwise.h"

#include <algorithm>
#include <cmath>

#include "ops/moves.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw {

Result<std::vector<TensorType>> infer_unary(const OpCall& call) {
  if (!call.in(0).is_real()) return call.error("expected real numbers, got " + call.in(0).text());
  return std::vector{TensorType{call.in(0).dtype, call.shape(0)}};
}

Result<std::vector<TensorType>> infer_unary_number(const OpCall& call) {
  if (call.in(0).dtype == DType::kBool) return call.error("expected numbers, got " + call.in(0).text());
  return std::vector{TensorType{call.in(0).dtype, call.shape(0)}};
}

Result<std::vector<TensorType>> infer_binary(const OpCall& call) {
  const TensorType& a = call.in(0);
  const TensorType& b = call.in(1);
  if (a.dtype != b.dtype) return call.error("operands differ in element type: " + a.text() + " and " + b.text());
  if (a.dtype == DType::kBool) return call.error("expected numbers, got " + a.text());
  if ((a.quant == nullptr) != (b.quant == nullptr)) {
    return call.error("one operand is quantised, the other is not: " + a.text() + " and " + b.text());
  }
  const std::optional<Shape> shape = broadcast(a.shape, b.shape);
  if (!shape) return call.error("shapes do not broadcast: " + a.text() + " and " + b.text());
  return std::vector{TensorType{a.dtype, *shape}};
}

Result<std::vector<TensorType>> infer_gradient(const OpCall& call) {
  const TensorType& dy = call.in(0);
  const TensorType& x = call.in(1);
  if (!dy.is_real() || dy.dtype != x.dtype || !(dy.shape == x.shape)) {
    return call.error("expected dy and x of one real type and shape, got " + dy.text() + " and " + x.text());
  }
  return infer_binary(call);
}

Result<std::vector<TensorType>> infer_binary_real(const OpCall& call) {
  if (!call.in(0).is_real()) return call.error("expected real numbers, got " + call.in(0).text());
  return infer_binary(call);
}

Result<std::vector<TensorType>> infer_binary_same_scale(const OpCall& call) {
  const TensorType& a = call.in(0);
  const TensorType& b = call.in(1);
  if (!has_one_scale(a) || !same_scale(a, b)) {
    return call.error("expected one scale for both operands, got " + a.text() + " and " + b.text());
  }
  return infer_binary(call);
}

std::vector<std::size_t> broadcast_index(const Shape& in, const Shape& out) {
  const Strides in_strides = strides_of(in);
  const int shift = out.rank() - in.rank();
  Strides strides{};
  for (int axis = 0; axis < in.rank(); ++axis) {
    const auto from = static_cast<std::size_t>(axis), to = static_cast<std::size_t>(shift) + from;
    if (in[axis] != 1) strides[to] = in_strides[from];
  }
  return strided_indices(out, strides);
}

namespace {

// Evenly spread over [lo, hi) in an irregular order: multiples of the golden ratio, modulo 1. Values closer than 0.05
// to a kink are pushed away from it.
std::vector<double> spread_values(std::int64_t count, double lo, double hi, std::span<const double> kinks) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  constexpr double kDistance = 0.05;
  std::vector<double> values(static_cast<std::size_t>(count));
  double fraction = 0;
  for (double& value : values) {
    fraction = std::fmod(fraction + kGoldenRatio, 1.0);
    value = lo + (hi - lo) * fraction;
    for (const double kink : kinks) {
      if (std::abs(value - kink) < kDistance) value = kink + (value < kink ? -kDistance : kDistance);
    }
  }
  return values;
}

}  // namespace

std::vector<OpCase> unary_cases(double lo, double hi, const Attrs& attrs) {
  std::vector<OpCase> cases;
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{1, 3, 5, 4}, Shape{2, 2, 1, 3, 2}}) {
    cases.push_back(
        {.name = "rank" + std::to_string(shape.rank()), .inputs = {float_input(shape, lo, hi)}, .attrs = attrs});
  }
  return cases;
}

std::vector<OpCase> kinked_cases(double lo, double hi, std::span<const double> kinks, const Attrs& attrs) {
  std::vector<OpCase> cases = unary_cases(lo, hi, attrs);
  for (OpCase& c : cases) c.inputs[0].values = spread_values(c.inputs[0].type.shape.elements(), lo, hi, kinks);
  return cases;
}

std::vector<OpCase> binary_cases(double b_lo, double b_hi) {
  struct Pair {
    const char* name;
    Shape a, b;
  };
  const Pair pairs[] = {
      {"equal", {2, 3, 4}, {2, 3, 4}}, {"scalar", {2, 3}, {}},
      {"channel", {1, 3, 2, 5}, {5}},  {"squeeze_excite", {2, 3, 2, 4}, {2, 1, 1, 4}},
      {"both", {3, 1, 4}, {2, 1}},     {"scalar_first", {}, {4}},
  };
  std::vector<OpCase> cases;
  for (const Pair& p : pairs) {
    cases.push_back({.name = p.name, .inputs = {float_input(p.a, -2, 2), float_input(p.b, b_lo, b_hi)}, .attrs = {}});
  }
  return cases;
}

std::vector<OpCase> apart_cases() {
  std::vector<OpCase> cases = binary_cases();
  for (OpCase& c : cases) {
    // Multiples of 0.25 against odd multiples of 0.125.
    for (std::size_t i = 0; i < 2; ++i) {
      CaseInput& input = c.inputs[i];
      input.values = spread_values(input.type.shape.elements(), -8, 8, {});
      for (double& v : input.values) v = std::floor(v) * 0.25 + (i == 0 ? 0 : 0.125);
    }
  }
  return cases;
}

ValueId sum_to(GradContext& g, ValueId grad, ValueId like) {
  const Shape from = g.type(grad).shape;
  const Shape to = g.type(like).shape;
  if (from == to) return grad;
  ReduceAttrs reduce;
  const int shift = from.rank() - to.rank();
  for (int axis = 0; axis < from.rank(); ++axis) {
    const bool expanded = axis < shift || (to[axis - shift] == 1 && from[axis] != 1);
    if (expanded) reduce.axes.push_back(axis);
  }
  if (!reduce.axes.empty()) grad = g.call(op::reduce_sum, {grad}, reduce);
  if (g.type(grad).shape == to) return grad;
  return g.call(op::reshape, {grad}, ShapeAttrs{{to.extents().begin(), to.extents().end()}});
}

}  // namespace paw
