#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_expand_dims(const OpCall& call) {
  const auto& axes = call.as<AxesAttrs>().axes;
  const TensorType& x = call.in(0);
  if (axes.size() > static_cast<std::size_t>(kMaxRank - x.shape.rank())) {
    return call.error("expected at most " + std::to_string(kMaxRank) + " axes in the result, got " + x.text() +
                      " and new axes " + list_text(axes));
  }
  const int rank = x.shape.rank() + static_cast<int>(axes.size());
  PAW_ASSIGN_OR_RETURN(const AxisSet added, resolve_axes(call, axes, rank));
  std::vector<std::int64_t> extents;
  extents.reserve(kMaxRank);
  int from = 0;
  for (int axis = 0; axis < rank; ++axis) {
    extents.push_back(added[static_cast<std::size_t>(axis)] ? 1 : x.shape[from++]);
  }
  return infer_moved(call, Shape::checked(extents));
}

void eval_expand_dims(const EvalArgs& args) { args.out[0].data = args.in[0]->data; }

std::vector<ValueId> grad_expand_dims(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  return {g.call(reshape, {g.grad()}, ShapeAttrs{{x.extents().begin(), x.extents().end()}})};
}

std::vector<OpCase> cases_expand_dims() {
  return {
      {.name = "front", .inputs = {float_input({3, 2})}, .attrs = AxesAttrs{{0}}},
      {.name = "spatial", .inputs = {float_input({2, 3})}, .attrs = AxesAttrs{{1, 2}}},
      {.name = "ends", .inputs = {float_input({3})}, .attrs = AxesAttrs{{-1, 0}}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = AxesAttrs{{0}}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {4}, 0.05F, 3)}, .attrs = AxesAttrs{{-1}}},
  };
}

}  // namespace

constinit const OpDef expand_dims{.name = "expand_dims",
                                  .summary = "x with new axes of extent 1",
                                  .inputs = {"x"},
                                  .default_attrs = attrs_of<AxesAttrs>,
                                  .traits = kShapeOnly | kSharesInputScale,
                                  .accuracy = Accuracy::kExact,
                                  .infer = infer_expand_dims,
                                  .reference = eval_expand_dims,
                                  .gradient = grad_expand_dims,
                                  .cost = cost_moved,
                                  .cases = cases_expand_dims};

}  // namespace paw::op
