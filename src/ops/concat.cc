#include "ops/axes.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

// Everything but the extent along `axis` must agree.
bool fits(const TensorType& a, const TensorType& b, int axis) {
  if (a.dtype != b.dtype || a.shape.rank() != b.shape.rank() || !same_scale(a, b)) return false;
  Shape other = b.shape;
  other[axis] = a.shape[axis];
  return a.shape == other;
}

Result<std::vector<TensorType>> infer_concat(const OpCall& call) {
  const TensorType& x = call.in(0);
  PAW_ASSIGN_OR_RETURN(const int axis, resolve_axis(call, call.as<ConcatAttrs>().axis, x.shape.rank()));
  Shape shape = x.shape;
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!fits(x, call.in(i), axis)) {
      return call.error("expected inputs that differ along axis " + std::to_string(axis) + " only, got " + x.text() +
                        " and " + call.in(i).text());
    }
    shape[axis] += call.shape(i)[axis];
  }
  return infer_moved(call, Shape::checked(shape.extents()));
}

void eval_concat(const EvalArgs& args) {
  RefTensor& y = args.out[0];
  const std::int64_t attr = args.call.as<ConcatAttrs>().axis;
  const int axis = static_cast<int>(attr < 0 ? attr + y.shape.rank() : attr);
  const Strides strides = strides_of(y.shape);
  std::int64_t offset = 0;
  for (const RefTensor* x : args.in) {
    const auto index = strided_indices(x->shape, strides, offset);
    for (std::size_t i = 0; i < index.size(); ++i) y.data[index[i]] = x->data[i];
    offset += x->shape[axis] * strides[static_cast<std::size_t>(axis)];
  }
}

// Each input's part of dy.
std::vector<ValueId> grad_concat(GradContext& g) {
  const Shape y = g.type(g.out()).shape;
  const auto rank = static_cast<std::size_t>(y.rank());
  const std::int64_t attr = g.attrs<ConcatAttrs>().axis;
  const auto axis = static_cast<std::size_t>(attr < 0 ? attr + y.rank() : attr);
  SliceAttrs part{.begin = std::vector<std::int64_t>(rank, 0),
                  .end = {y.extents().begin(), y.extents().end()},
                  .stride = std::vector<std::int64_t>(rank, 1)};
  std::vector<ValueId> grads(g.input_count());
  part.end[axis] = 0;
  for (std::size_t i = 0; i < grads.size(); ++i) {
    part.begin[axis] = part.end[axis];
    part.end[axis] += g.type(g.in(i)).shape[static_cast<int>(axis)];
    if (g.wants(i)) grads[i] = g.call(slice, {g.grad()}, part);
  }
  return grads;
}

std::vector<OpCase> cases_concat() {
  return {
      {.name = "channels", .inputs = {float_input({1, 2, 2, 3}), float_input({1, 2, 2, 1})}, .attrs = ConcatAttrs{}},
      {.name = "three",
       .inputs = {float_input({2, 2}), float_input({1, 2}), float_input({3, 2})},
       .attrs = ConcatAttrs{0}},
      {.name = "one", .inputs = {float_input({2, 3})}, .attrs = ConcatAttrs{1}},
      {.name = "integers",
       .inputs = {integer_input(DType::kI64, {2}), integer_input(DType::kI64, {3})},
       .attrs = ConcatAttrs{0}},
      {.name = "int8",
       .inputs = {quantized_input(DType::kI8, {2, 3}, 0.05F, 3), quantized_input(DType::kI8, {2, 2}, 0.05F, 3)},
       .attrs = ConcatAttrs{1}},
  };
}

}  // namespace

constinit const OpDef concat{.name = "concat",
                             .summary = "inputs one after the other along an axis",
                             .inputs = {"xs..."},
                             .default_attrs = attrs_of<ConcatAttrs>,
                             .traits = kShapeOnly | kSharesInputScale,
                             .accuracy = Accuracy::kExact,
                             .infer = infer_concat,
                             .reference = eval_concat,
                             .gradient = grad_concat,
                             .cost = cost_moved,
                             .cases = cases_concat};

}  // namespace paw::op
