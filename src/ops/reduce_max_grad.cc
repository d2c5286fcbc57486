#include "ops/elementwise.h"
#include "ops/moves.h"
#include "ops/reduction.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_reduce_max_grad(const OpCall& call) {
  const TensorType& dy = call.in(0);
  const TensorType& x = call.in(1);
  const TensorType& y = call.in(2);
  const auto& attrs = call.as<ReduceAttrs>();
  if (!dy.is_real() || dy.dtype != x.dtype || dy.dtype != y.dtype) {
    return call.error("expected dy, x and y of one real type, got " + dy.text() + ", " + x.text() + " and " + y.text());
  }
  PAW_RETURN_IF_ERROR(resolve_axes(call, attrs.axes, x.shape.rank()));
  const Shape reduced = reduced_shape(x.shape, attrs);
  if (!(dy.shape == reduced) || !(y.shape == reduced)) {
    return call.error("expected dy and y of shape " + reduced.text() + " for x " + x.text() + ", got " + dy.text() +
                      " and " + y.text());
  }
  return std::vector{TensorType{x.dtype, x.shape}};
}

// Elements that tie for the maximum share the gradient equally.
void eval_reduce_max_grad(const EvalArgs& args) {
  const RefTensor& dy = *args.in[0];
  const RefTensor& x = *args.in[1];
  const RefTensor& y = *args.in[2];
  const auto index = reduction_index(x.shape, args.call.as<ReduceAttrs>());
  std::vector<double> ties(y.data.size());
  for (std::size_t i = 0; i < x.data.size(); ++i) ties[index[i]] += x.data[i] == y.data[index[i]] ? 1 : 0;
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const std::size_t k = index[i];
    args.out[0].data[i] = x.data[i] == y.data[k] ? dy.data[k] / ties[k] : 0.0;
  }
}

std::vector<OpCase> cases_reduce_max_grad() {
  const auto exact = [](Shape shape, std::vector<double> values) {
    return CaseInput{.type = {DType::kF32, shape}, .values = std::move(values), .differentiable = false};
  };
  return {
      {.name = "rows",
       .inputs = {float_input({2}), exact({2, 3}, {1, 3, 2, 5, -1, 5}), exact({2}, {3, 5})},
       .attrs = ReduceAttrs{{1}, false}},
      {.name = "columns_kept",
       .inputs = {float_input({1, 3}), exact({2, 3}, {1, 3, 2, 5, -1, 2}), exact({1, 3}, {5, 3, 2})},
       .attrs = ReduceAttrs{{-2}, true}},
      {.name = "all", .inputs = {float_input({}), exact({2, 2}, {1, 4, 4, 4}), exact({}, {4})}, .attrs = ReduceAttrs{}},
  };
}

}  // namespace

constinit const OpDef reduce_max_grad{.name = "reduce_max_grad",
                                      .summary = "dy to the elements of x that equal y, in equal shares",
                                      .inputs = {"dy", "x", "y"},
                                      .outputs = {"dx"},
                                      .default_attrs = attrs_of<ReduceAttrs>,
                                      .traits = kTrainOnly,
                                      .infer = infer_reduce_max_grad,
                                      .reference = eval_reduce_max_grad,
                                      .no_gradient = "second derivatives are not needed for training",
                                      .cost = cost_reduction,
                                      .cases = cases_reduce_max_grad};

}  // namespace paw::op
