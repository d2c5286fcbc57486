#include "ops/axes.h"
#include "ops/elementwise.h"
#include "ops/moves.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_broadcast_to(const OpCall& call) {
  const auto& extents = call.as<ShapeAttrs>().shape;
  const TensorType& x = call.in(0);
  const std::optional<Shape> shape = Shape::checked(extents);
  const std::optional<Shape> both = shape ? broadcast(x.shape, *shape) : std::nullopt;
  if (!both || !(*both == *shape)) {
    return call.error("expected a shape that " + x.text() + " broadcasts to, got " + list_text(extents));
  }
  return infer_moved(call, shape);
}

void eval_broadcast_to(const EvalArgs& args) {
  const auto index = broadcast_index(args.in[0]->shape, args.out[0].shape);
  for (std::size_t i = 0; i < index.size(); ++i) args.out[0].data[i] = args.in[0]->data[index[i]];
}

std::vector<ValueId> grad_broadcast_to(GradContext& g) { return {sum_to(g, g.grad(), g.in(0))}; }

std::vector<OpCase> cases_broadcast_to() {
  return {
      {.name = "rows", .inputs = {float_input({3})}, .attrs = ShapeAttrs{{2, 3}}},
      {.name = "columns", .inputs = {float_input({2, 1})}, .attrs = ShapeAttrs{{2, 4}}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = ShapeAttrs{{2, 3}}},
      {.name = "image", .inputs = {float_input({2, 1, 1, 3})}, .attrs = ShapeAttrs{{2, 2, 2, 3}}},
      {.name = "same", .inputs = {integer_input(DType::kI32, {2, 2})}, .attrs = ShapeAttrs{{2, 2}}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {1, 4}, 0.05F, 3)}, .attrs = ShapeAttrs{{3, 4}}},
  };
}

}  // namespace

constinit const OpDef broadcast_to{.name = "broadcast_to",
                                   .summary = "x repeated to a shape, as NumPy broadcasts",
                                   .inputs = {"x"},
                                   .default_attrs = attrs_of<ShapeAttrs>,
                                   .traits = kShapeOnly | kSharesInputScale,
                                   .accuracy = Accuracy::kExact,
                                   .infer = infer_broadcast_to,
                                   .reference = eval_broadcast_to,
                                   .gradient = grad_broadcast_to,
                                   .cost = cost_moved,
                                   .cases = cases_broadcast_to};

}  // namespace paw::op
