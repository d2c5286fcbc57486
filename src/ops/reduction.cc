#include "ops/reduction.h"

#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw {

namespace {

// An empty list means all axes.
AxisSet reduced_axes(const ReduceAttrs& attrs, int rank) {
  AxisSet set = axis_set(attrs.axes, rank);
  if (attrs.axes.empty()) set.fill(true);
  return set;
}

Shape shape_of(const Shape& x, const AxisSet& reduced, bool keep_dims) {
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) {
      extents.push_back(x[axis]);
    } else if (keep_dims) {
      extents.push_back(1);
    }
  }
  return Shape(extents);
}

}  // namespace

Result<std::vector<TensorType>> infer_reduction(const OpCall& call) {
  const TensorType& x = call.in(0);
  const auto& attrs = call.as<ReduceAttrs>();
  if (x.dtype == DType::kBool) return call.error("expected numbers, got " + x.text());
  PAW_RETURN_IF_ERROR(resolve_axes(call, attrs.axes, x.shape.rank()));
  return std::vector{TensorType{x.dtype, reduced_shape(x.shape, attrs)}};
}

Result<std::vector<TensorType>> infer_reduction_real(const OpCall& call) {
  if (!call.in(0).is_real()) return call.error("expected real numbers, got " + call.in(0).text());
  return infer_reduction(call);
}

Shape reduced_shape(const Shape& x, const ReduceAttrs& attrs) {
  return shape_of(x, reduced_axes(attrs, x.rank()), attrs.keep_dims);
}

std::vector<std::size_t> reduction_index(const Shape& x, const ReduceAttrs& attrs) {
  const AxisSet reduced = reduced_axes(attrs, x.rank());
  Strides strides = strides_of(shape_of(x, reduced, true));
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    if (reduced[axis]) strides[axis] = 0;
  }
  return strided_indices(x, strides);
}

ValueId expand_reduced(GradContext& g, ValueId value, const Shape& like, const ReduceAttrs& attrs) {
  const Shape kept = shape_of(like, reduced_axes(attrs, like.rank()), true);
  if (!(g.type(value).shape == kept)) {
    value = g.call(op::reshape, {value}, ShapeAttrs{{kept.extents().begin(), kept.extents().end()}});
  }
  if (kept == like) return value;
  return g.call(op::broadcast_to, {value}, ShapeAttrs{{like.extents().begin(), like.extents().end()}});
}

Cost cost_reduction(const OpCall& call, std::span<const TensorType>) { return {.ops = call.shape(0).elements()}; }

std::vector<OpCase> reduction_cases() {
  return {
      {.name = "all", .inputs = {float_input({2, 3, 2})}, .attrs = ReduceAttrs{}},
      {.name = "spatial", .inputs = {float_input({2, 3, 2, 4})}, .attrs = ReduceAttrs{{1, 2}, false}},
      {.name = "spatial_kept", .inputs = {float_input({2, 3, 2, 4})}, .attrs = ReduceAttrs{{2, 1}, true}},
      {.name = "last", .inputs = {float_input({3, 5})}, .attrs = ReduceAttrs{{-1}, false}},
      {.name = "outer", .inputs = {float_input({3, 2, 2})}, .attrs = ReduceAttrs{{0, -1}, true}},
      {.name = "scalar", .inputs = {float_input({})}, .attrs = ReduceAttrs{}},
  };
}

}  // namespace paw
