// What the elementwise ops share: inference, loops, costs and cases. One op = one lambda and one gradient.
#pragma once

#include "ir/builder.h"
#include "ops/ops.h"

namespace paw {

// y has x's shape and element type; x must hold real numbers.
Result<std::vector<TensorType>> infer_unary(const OpCall& call);
// The same, and plain integers too.
Result<std::vector<TensorType>> infer_unary_number(const OpCall& call);
// NumPy broadcasting of two operands of one element type, numbers of any kind.
Result<std::vector<TensorType>> infer_binary(const OpCall& call);
// The same for real numbers only.
Result<std::vector<TensorType>> infer_binary_real(const OpCall& call);
// The same for numbers of any kind whose quantisation, if any, is per tensor and equal (ops that keep the scale).
Result<std::vector<TensorType>> infer_binary_same_scale(const OpCall& call);

// (dy, x) of one real type and shape: what the gradients of one-operand ops read.
Result<std::vector<TensorType>> infer_gradient(const OpCall& call);

// One arithmetic operation per `Ops` scalar results.
template <int Ops>
Cost cost_per_element(const OpCall&, std::span<const TensorType> outputs) {
  return {.ops = outputs[0].shape.elements() * Ops};
}

// out[i] = f(in[i]).
template <class F>
void eval_unary(const EvalArgs& args, F f) {
  const std::vector<double>& x = args.in[0]->data;
  std::vector<double>& y = args.out[0].data;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = f(x[i]);
}

// For each element of `out`, the flat index of the element of `in` that broadcasts to it.
std::vector<std::size_t> broadcast_index(const Shape& in, const Shape& out);

// out[i] = f(a[broadcast i], b[broadcast i]).
template <class F>
void eval_binary(const EvalArgs& args, F f) {
  const std::vector<double>& a = args.in[0]->data;
  const std::vector<double>& b = args.in[1]->data;
  RefTensor& y = args.out[0];
  const std::vector<std::size_t> ia = broadcast_index(args.in[0]->shape, y.shape);
  const std::vector<std::size_t> ib = broadcast_index(args.in[1]->shape, y.shape);
  for (std::size_t i = 0; i < y.data.size(); ++i) y.data[i] = f(a[ia[i]], b[ib[i]]);
}

// Four small inputs of different rank, values uniform in [lo, hi).
std::vector<OpCase> unary_cases(double lo, double hi, const Attrs& attrs = {});
// The same shapes, values spread over [lo, hi) but at least 0.05 away from each kink, where no gradient exists.
std::vector<OpCase> kinked_cases(double lo, double hi, std::span<const double> kinks, const Attrs& attrs = {});
// Equal shapes, scalar, row, column and mixed broadcasting; values of b uniform in [b_lo, b_hi).
std::vector<OpCase> binary_cases(double b_lo = -2, double b_hi = 2);
// Operands that are never closer than 0.05, for ops with a kink where a = b.
std::vector<OpCase> apart_cases();

// Sums `grad` over the axes that broadcasting expanded, giving the shape of `like`.
ValueId sum_to(GradContext& g, ValueId grad, ValueId like);

}  // namespace paw
