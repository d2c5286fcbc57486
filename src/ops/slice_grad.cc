#include "ops/axes.h"
#include "ops/ops.h"
#include "ops/slicing.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_slice_grad(const OpCall& call) {
  const auto& a = call.as<SliceGradAttrs>();
  const TensorType& dy = call.in(0);
  if (!dy.is_real()) return call.error("expected real numbers, got " + dy.text());
  const std::optional<Shape> x = Shape::checked(a.shape);
  if (!x) return call.error("expected a supported shape, got " + list_text(a.shape));
  PAW_ASSIGN_OR_RETURN(const Shape sliced, slice_shape(call, a.slice, *x));
  if (!(sliced == dy.shape)) {
    return call.error("expected dy of shape " + sliced.text() + ", the slice of " + x->text() + ", got " + dy.text());
  }
  return infer_moved(call, x);
}

void eval_slice_grad(const EvalArgs& args) {
  const RefTensor& dy = *args.in[0];
  RefTensor& dx = args.out[0];
  const auto index = slice_indices(args.call.as<SliceGradAttrs>().slice, dx.shape, dy.shape);
  for (std::size_t i = 0; i < index.size(); ++i) dx.data[index[i]] = dy.data[i];
}

std::vector<ValueId> grad_slice_grad(GradContext& g) {
  return {g.call(slice, {g.grad()}, g.attrs<SliceGradAttrs>().slice)};
}

std::vector<OpCase> cases_slice_grad() {
  return {
      {.name = "row", .inputs = {float_input({1, 4})}, .attrs = SliceGradAttrs{{{1, 0}, {2, 4}, {1, 1}}, {3, 4}}},
      {.name = "stride",
       .inputs = {float_input({1, 2, 2, 1})},
       .attrs = SliceGradAttrs{{{0, 1, 0, 1}, {1, 5, 6, 2}, {1, 2, 4, 1}}, {1, 5, 6, 2}}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = SliceGradAttrs{}},
  };
}

}  // namespace

constinit const OpDef slice_grad{.name = "slice_grad",
                                 .summary = "dy at the elements that the slice took, 0 elsewhere",
                                 .inputs = {"dy"},
                                 .outputs = {"dx"},
                                 .default_attrs = attrs_of<SliceGradAttrs>,
                                 .traits = kShapeOnly | kTrainOnly | kSharesInputScale,
                                 .accuracy = Accuracy::kExact,
                                 .infer = infer_slice_grad,
                                 .reference = eval_slice_grad,
                                 .gradient = grad_slice_grad,
                                 .cost = cost_moved,
                                 .cases = cases_slice_grad};

}  // namespace paw::op
