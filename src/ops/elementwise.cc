#include "ops/elementwise.h"

#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw {

Result<std::vector<TensorType>> infer_unary(const OpCall& call) {
  if (!call.in(0).is_real()) return call.error("expected real numbers, got " + call.in(0).text());
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

std::vector<std::size_t> broadcast_index(const Shape& in, const Shape& out) {
  std::vector<std::size_t> index(static_cast<std::size_t>(out.elements()));
  const auto in_strides = strides_of(in);
  const auto out_strides = strides_of(out);
  const int shift = out.rank() - in.rank();
  for (std::size_t i = 0; i < index.size(); ++i) {
    std::int64_t source = 0;
    for (int axis = 0; axis < in.rank(); ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      const int o = axis + shift;
      const std::int64_t at = static_cast<std::int64_t>(i) / out_strides[static_cast<std::size_t>(o)] % out[o];
      if (in[axis] != 1) source += at * in_strides[a];
    }
    index[i] = static_cast<std::size_t>(source);
  }
  return index;
}

namespace {

CaseInput random_input(Shape shape, double lo, double hi) { return {.type = {DType::kF32, shape}, .lo = lo, .hi = hi}; }

}  // namespace

std::vector<OpCase> unary_cases(double lo, double hi, Attrs attrs) {
  std::vector<OpCase> cases;
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{1, 3, 5, 4}, Shape{2, 2, 1, 3, 2}}) {
    cases.push_back(
        {.name = "rank" + std::to_string(shape.rank()), .inputs = {random_input(shape, lo, hi)}, .attrs = attrs});
  }
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
    cases.push_back({.name = p.name, .inputs = {random_input(p.a, -2, 2), random_input(p.b, b_lo, b_hi)}, .attrs = {}});
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
