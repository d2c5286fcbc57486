#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_squeeze(const OpCall& call) {
  const auto& axes = call.as<AxesAttrs>().axes;
  const TensorType& x = call.in(0);
  PAW_ASSIGN_OR_RETURN(const AxisSet named, resolve_axes(call, axes, x.shape.rank()));
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    const bool single = x.shape[axis] == 1;
    const bool drop = axes.empty() ? single : named[static_cast<std::size_t>(axis)];
    if (drop && !single) {
      return call.error("expected extent 1 on axis " + std::to_string(axis) + ", got " + x.text());
    }
    if (!drop) extents.push_back(x.shape[axis]);
  }
  return infer_moved(call, Shape::checked(extents));
}

void eval_squeeze(const EvalArgs& args) { args.out[0].data = args.in[0]->data; }

std::vector<ValueId> grad_squeeze(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  return {g.call(reshape, {g.grad()}, ShapeAttrs{{x.extents().begin(), x.extents().end()}})};
}

std::vector<OpCase> cases_squeeze() {
  return {
      {.name = "all", .inputs = {float_input({1, 3, 1, 2})}, .attrs = AxesAttrs{}},
      {.name = "spatial", .inputs = {float_input({2, 1, 1, 3})}, .attrs = AxesAttrs{{1, -2}}},
      {.name = "to_scalar", .inputs = {float_input({1})}, .attrs = AxesAttrs{{0}}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {1, 4}, 0.05F, 3)}, .attrs = AxesAttrs{{0}}},
  };
}

}  // namespace

constinit const OpDef squeeze{.name = "squeeze",
                              .summary = "x without axes of extent 1 (all of them if none is named)",
                              .inputs = {"x"},
                              .default_attrs = attrs_of<AxesAttrs>,
                              .traits = kShapeOnly | kSharesInputScale,
                              .accuracy = Accuracy::kExact,
                              .infer = infer_squeeze,
                              .reference = eval_squeeze,
                              .gradient = grad_squeeze,
                              .cost = cost_moved,
                              .cases = cases_squeeze};

}  // namespace paw::op
