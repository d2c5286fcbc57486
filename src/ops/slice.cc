#include "ops/ops.h"
#include "ops/slicing.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_slice(const OpCall& call) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, slice_shape(call, call.as<SliceAttrs>(), call.shape(0)));
  return infer_moved(call, shape);
}

void eval_slice(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto index = slice_indices(args.call.as<SliceAttrs>(), x.shape, y.shape);
  for (std::size_t i = 0; i < index.size(); ++i) y.data[i] = x.data[index[i]];
}

std::vector<ValueId> grad_slice(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  const SliceGradAttrs attrs{g.attrs<SliceAttrs>(), {x.extents().begin(), x.extents().end()}};
  return {g.call(slice_grad, {g.grad()}, attrs)};
}

std::vector<OpCase> cases_slice() {
  return {
      {.name = "row", .inputs = {float_input({3, 4})}, .attrs = SliceAttrs{{1, 0}, {2, 4}, {1, 1}}},
      {.name = "stride",
       .inputs = {float_input({1, 5, 6, 2})},
       .attrs = SliceAttrs{{0, 1, 0, 1}, {1, 5, 6, 2}, {1, 2, 4, 1}}},
      {.name = "one", .inputs = {float_input({7})}, .attrs = SliceAttrs{{6}, {7}, {3}}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = SliceAttrs{}},
      {.name = "integers", .inputs = {integer_input(DType::kI16, {6})}, .attrs = SliceAttrs{{1}, {6}, {2}}},
      {.name = "int8",
       .inputs = {quantized_input(DType::kI8, {3, 4}, 0.05F, 3)},
       .attrs = SliceAttrs{{0, 1}, {3, 4}, {2, 1}}},
  };
}

}  // namespace

constinit const OpDef slice{.name = "slice",
                            .summary = "elements begin, begin + stride, ... below end on each axis",
                            .inputs = {"x"},
                            .default_attrs = attrs_of<SliceAttrs>,
                            .traits = kShapeOnly | kSharesInputScale,
                            .accuracy = Accuracy::kExact,
                            .infer = infer_slice,
                            .reference = eval_slice,
                            .gradient = grad_slice,
                            .cost = cost_moved,
                            .cases = cases_slice};

}  // namespace paw::op
