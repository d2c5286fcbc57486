#include <algorithm>

#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_reshape(const OpCall& call) {
  std::vector<std::int64_t> extents = call.as<ShapeAttrs>().shape;
  const TensorType& x = call.in(0);
  const auto problem = [&] {
    return call.error("expected a shape of " + std::to_string(x.shape.elements()) + " elements for " + x.text() +
                          ", got " + list_text(call.as<ShapeAttrs>().shape),
                      "one extent may be -1");
  };
  const auto open = std::ranges::find(extents, -1);
  if (open != extents.end()) {
    *open = 1;
    const std::optional<Shape> known = Shape::checked(extents);
    if (!known) return problem();
    *open = x.shape.elements() / known->elements();
  }
  const std::optional<Shape> shape = Shape::checked(extents);
  if (!shape || shape->elements() != x.shape.elements()) return problem();
  return infer_moved(call, shape);
}

void eval_reshape(const EvalArgs& args) { args.out[0].data = args.in[0]->data; }

std::vector<ValueId> grad_reshape(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  return {g.call(reshape, {g.grad()}, ShapeAttrs{{x.extents().begin(), x.extents().end()}})};
}

std::vector<OpCase> cases_reshape() {
  return {
      {.name = "flatten", .inputs = {float_input({2, 3, 4})}, .attrs = ShapeAttrs{{2, 12}}},
      {.name = "open", .inputs = {float_input({2, 3, 4})}, .attrs = ShapeAttrs{{4, -1, 2}}},
      {.name = "to_scalar", .inputs = {float_input({1, 1})}, .attrs = ShapeAttrs{}},
      {.name = "rank6", .inputs = {integer_input(DType::kI64, {8})}, .attrs = ShapeAttrs{{1, 2, 1, 2, 2, 1}}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {3, 4}, 0.05F, 3)}, .attrs = ShapeAttrs{{12}}},
  };
}

}  // namespace

constinit const OpDef reshape{.name = "reshape",
                              .summary = "the same elements in another shape",
                              .inputs = {"x"},
                              .default_attrs = attrs_of<ShapeAttrs>,
                              .traits = kShapeOnly | kSharesInputScale,
                              .accuracy = Accuracy::kExact,
                              .infer = infer_reshape,
                              .reference = eval_reshape,
                              .gradient = grad_reshape,
                              .cost = cost_moved,
                              .cases = cases_reshape};

}  // namespace paw::op
