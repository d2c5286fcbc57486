#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

// Not from the end: one spelling per permutation, so that equal nodes have equal attributes.
Result<std::vector<TensorType>> infer_transpose(const OpCall& call) {
  const auto& perm = call.as<TransposeAttrs>().perm;
  const TensorType& x = call.in(0);
  AxisSet seen{};
  std::vector<std::int64_t> extents;
  for (const std::int64_t axis : perm) {
    if (axis < 0 || axis >= x.shape.rank() || seen[static_cast<std::size_t>(axis)]) break;
    seen[static_cast<std::size_t>(axis)] = true;
    extents.push_back(x.shape[static_cast<int>(axis)]);
  }
  if (extents.size() != perm.size() || static_cast<int>(perm.size()) != x.shape.rank()) {
    return call.error("expected a permutation of the axes of " + x.text() + ", got " + list_text(perm));
  }
  return infer_moved(call, Shape::checked(extents));
}

void eval_transpose(const EvalArgs& args) {
  const auto& perm = args.call.as<TransposeAttrs>().perm;
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const Strides from = strides_of(x.shape);
  Strides strides{};
  for (std::size_t i = 0; i < perm.size(); ++i) strides[i] = from[static_cast<std::size_t>(perm[i])];
  const auto index = strided_indices(y.shape, strides);
  for (std::size_t i = 0; i < index.size(); ++i) y.data[i] = x.data[index[i]];
}

std::vector<ValueId> grad_transpose(GradContext& g) {
  const auto& perm = g.attrs<TransposeAttrs>().perm;
  TransposeAttrs inverse{std::vector<std::int64_t>(perm.size())};
  for (std::size_t i = 0; i < perm.size(); ++i) {
    inverse.perm[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  }
  return {g.call(transpose, {g.grad()}, inverse)};
}

std::vector<OpCase> cases_transpose() {
  return {
      {.name = "matrix", .inputs = {float_input({2, 3})}, .attrs = TransposeAttrs{{1, 0}}},
      {.name = "to_nchw", .inputs = {float_input({1, 2, 3, 4})}, .attrs = TransposeAttrs{{0, 3, 1, 2}}},
      {.name = "rank5", .inputs = {float_input({2, 1, 3, 2, 2})}, .attrs = TransposeAttrs{{4, 2, 0, 1, 3}}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = TransposeAttrs{}},
      {.name = "bools", .inputs = {integer_input(DType::kBool, {2, 4}, 0, 1)}, .attrs = TransposeAttrs{{1, 0}}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {3, 4}, 0.05F, 3)}, .attrs = TransposeAttrs{{1, 0}}},
  };
}

}  // namespace

constinit const OpDef transpose{.name = "transpose",
                                .summary = "axes in the order perm",
                                .inputs = {"x"},
                                .default_attrs = attrs_of<TransposeAttrs>,
                                .traits = kShapeOnly | kSharesInputScale,
                                .accuracy = Accuracy::kExact,
                                .infer = infer_transpose,
                                .reference = eval_transpose,
                                .gradient = grad_transpose,
                                .cost = cost_moved,
                                .cases = cases_transpose};

}  // namespace paw::op
