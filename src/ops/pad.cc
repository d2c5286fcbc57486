#include <algorithm>
#include <cmath>

#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

// Plain integers must hold the value exactly; quantised and float types round it.
bool storable(const TensorType& type, double value) {
  if (type.is_real()) return true;
  return value == std::trunc(value) && value >= lowest(type.dtype) && value <= highest(type.dtype);
}

Result<std::vector<TensorType>> infer_pad(const OpCall& call) {
  const auto& a = call.as<PadAttrs>();
  const TensorType& x = call.in(0);
  const auto rank = static_cast<std::size_t>(x.shape.rank());
  if (a.before.size() != rank || a.after.size() != rank) {
    return call.error("expected before and after with one entry per axis of " + x.text() + ", got " +
                      list_text(a.before) + " and " + list_text(a.after));
  }
  std::vector<std::int64_t> extents;
  for (std::size_t i = 0; i < rank; ++i) {
    if (a.before[i] < 0 || a.after[i] < 0) {
      return call.error("expected padding of 0 or more, got " + list_text(a.before) + " and " + list_text(a.after));
    }
    extents.push_back(a.before[i] + x.shape[static_cast<int>(i)] + a.after[i]);
  }
  if (!storable(x, a.value)) return call.error("the value " + std::to_string(a.value) + " is no " + x.text());
  return infer_moved(call, Shape::checked(extents));
}

void eval_pad(const EvalArgs& args) {
  const auto& a = args.call.as<PadAttrs>();
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const Strides strides = strides_of(y.shape);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < a.before.size(); ++i) offset += a.before[i] * strides[i];
  const auto index = strided_indices(x.shape, strides, offset);
  std::ranges::fill(y.data, a.value);
  for (std::size_t i = 0; i < index.size(); ++i) y.data[index[i]] = x.data[i];
}

std::vector<ValueId> grad_pad(GradContext& g) {
  const auto& a = g.attrs<PadAttrs>();
  const Shape x = g.type(g.in(0)).shape;
  SliceAttrs inside{.begin = a.before, .stride = std::vector<std::int64_t>(a.before.size(), 1)};
  for (std::size_t i = 0; i < a.before.size(); ++i) inside.end.push_back(a.before[i] + x[static_cast<int>(i)]);
  return {g.call(slice, {g.grad()}, inside)};
}

std::vector<OpCase> cases_pad() {
  return {
      {.name = "spatial", .inputs = {float_input({1, 3, 2, 2})}, .attrs = PadAttrs{{0, 1, 0, 0}, {0, 2, 1, 0}, 0}},
      {.name = "value", .inputs = {float_input({2, 3})}, .attrs = PadAttrs{{1, 0}, {0, 2}, -1.5}},
      {.name = "none", .inputs = {float_input({4})}, .attrs = PadAttrs{{0}, {0}, 0}},
      {.name = "integers", .inputs = {integer_input(DType::kI32, {2, 2})}, .attrs = PadAttrs{{0, 1}, {1, 0}, 7}},
      {.name = "int8",
       .inputs = {quantized_input(DType::kI8, {1, 2, 2, 3}, 0.05F, 3)},
       .attrs = PadAttrs{{0, 1, 1, 0}, {0, 1, 1, 0}, 0}},
  };
}

}  // namespace

constinit const OpDef pad{.name = "pad",
                          .summary = "x framed with a constant",
                          .inputs = {"x"},
                          .default_attrs = attrs_of<PadAttrs>,
                          .traits = kShapeOnly | kSharesInputScale,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_pad,
                          .reference = eval_pad,
                          .gradient = grad_pad,
                          .cost = cost_moved,
                          .cases = cases_pad};

}  // namespace paw::op
