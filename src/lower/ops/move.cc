// Ops that move elements (transpose, slice, concat, pad, broadcast_to) become strided copies of the elements' bits,
// whatever their type; those that leave every element where it is become no step at all.
#include "lower/lowering.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

using Extents = std::array<std::int64_t, kMaxRank>;

// A move over the axes of `extents`, not normalised.
Move move_of(const Shape& extents, const Extents& from, const Extents& to, DType dtype) {
  Move move{.element_bytes = bits(dtype) / 8};
  for (int axis = 0; axis < extents.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    move.extents[axis] = extents[axis];
    move.from[axis] = from[a];
    move.to[axis] = to[a];
  }
  return move;
}

Status check_type(const Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  return bits(x.dtype) >= 8 ? Status{} : unsupported(node, "the engine does not move elements of " + x.text());
}

// Every element of a tensor of `elements` stays where it is.
bool keeps_everything(const Move& m, std::int64_t elements) {
  constexpr int kLast = kMoveAxes - 1;
  if (elements == 1) return m.from_offset == 0 && m.to_offset == 0;
  return m.extents[kLast] == elements && m.from[kLast] == 1 && m.to[kLast] == 1;
}

// The whole result from the only input.
Status emit_move(Lowering& lowering, const Node& node, const Move& move) {
  PAW_RETURN_IF_ERROR(check_type(lowering, node));
  const Graph& graph = lowering.graph();
  const std::int64_t elements = graph.type(node.outputs[0]).shape.elements();
  const Move best = normalised(move);
  if (graph.type(node.inputs[0]).shape.elements() == elements && keeps_everything(best, elements)) {
    lowering.alias(node.outputs[0], node.inputs[0]);
  } else {
    lowering.step(step::move, best, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  }
  return {};
}

}  // namespace

// reshape, squeeze, expand_dims.
Status lower_same_elements(Lowering& lowering, const Node& node) {
  lowering.alias(node.outputs[0], node.inputs[0]);
  return {};
}

Status lower_cast(Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  const DType to = node.attrs.as<DtypeAttrs>().dtype;
  if (x.dtype != to) return unsupported(node, "the engine does not cast " + x.text() + " to " + std::string(name(to)));
  return lower_same_elements(lowering, node);
}

Status lower_transpose(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const TensorType& x = graph.type(node.inputs[0]);
  const Shape& y = graph.type(node.outputs[0]).shape;
  const Extents strides = strides_of(x.shape);
  const auto& perm = node.attrs.as<TransposeAttrs>().perm;
  Extents from{};
  for (std::size_t i = 0; i < perm.size(); ++i) from[i] = strides[static_cast<std::size_t>(perm[i])];
  return emit_move(lowering, node, move_of(y, from, strides_of(y), x.dtype));
}

Status lower_slice(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const TensorType& x = graph.type(node.inputs[0]);
  const Shape& y = graph.type(node.outputs[0]).shape;
  const auto& attrs = node.attrs.as<SliceAttrs>();
  Extents from = strides_of(x.shape);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < attrs.begin.size(); ++i) {
    offset += attrs.begin[i] * from[i];
    from[i] *= attrs.stride[i];
  }
  Move move = move_of(y, from, strides_of(y), x.dtype);
  move.from_offset = offset;
  return emit_move(lowering, node, move);
}

Status lower_broadcast_to(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const TensorType& x = graph.type(node.inputs[0]);
  const Shape& y = graph.type(node.outputs[0]).shape;
  const Extents strides = strides_of(x.shape);
  const int added = y.rank() - x.shape.rank();
  Extents from{};
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    if (x.shape[axis] > 1) from[a + static_cast<std::size_t>(added)] = strides[a];
  }
  return emit_move(lowering, node, move_of(y, from, strides_of(y), x.dtype));
}

Status lower_concat(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(check_type(lowering, node));
  if (node.inputs.size() == 1) return lower_same_elements(lowering, node);
  const Graph& graph = lowering.graph();
  const TensorType& y = graph.type(node.outputs[0]);
  const std::int64_t attr = node.attrs.as<ConcatAttrs>().axis;
  const auto axis = static_cast<std::size_t>(attr < 0 ? attr + y.shape.rank() : attr);
  const Extents to = strides_of(y.shape);
  std::int64_t offset = 0;
  for (const ValueId input : node.inputs) {
    const Shape& x = graph.type(input).shape;
    Move move = move_of(x, strides_of(x), to, y.dtype);
    move.to_offset = offset;
    lowering.step(step::move, normalised(move), {lowering.buffer(input)}, {lowering.buffer(node.outputs[0])}, node);
    offset += x[static_cast<int>(axis)] * to[axis];
  }
  return {};
}

// The filling value everywhere, from a constant of one element; then x into its place.
Status lower_pad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(check_type(lowering, node));
  const Graph& graph = lowering.graph();
  const TensorType& x = graph.type(node.inputs[0]);
  const TensorType& y = graph.type(node.outputs[0]);
  const auto& attrs = node.attrs.as<PadAttrs>();
  if (x.shape == y.shape) return lower_same_elements(lowering, node);
  const BufferId out = lowering.buffer(node.outputs[0]);
  const double value[] = {attrs.value};
  const BufferId filling = lowering.constant(tensor_from_real({y.dtype, Shape{}, y.quant}, value).data);
  lowering.step(step::move, normalised(move_of(y.shape, {}, strides_of(y.shape), y.dtype)), {filling}, {out}, node);
  const Extents to = strides_of(y.shape);
  Move move = move_of(x.shape, strides_of(x.shape), to, x.dtype);
  for (std::size_t i = 0; i < attrs.before.size(); ++i) move.to_offset += attrs.before[i] * to[i];
  lowering.step(step::move, normalised(move), {lowering.buffer(node.inputs[0])}, {out}, node);
  return {};
}

// Zeros everywhere, then dy where the slice was.
Status lower_slice_grad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(check_type(lowering, node));
  const Graph& graph = lowering.graph();
  const TensorType& dy = graph.type(node.inputs[0]);
  const TensorType& dx = graph.type(node.outputs[0]);
  if (dy.shape == dx.shape) return lower_same_elements(lowering, node);
  const BufferId out = lowering.buffer(node.outputs[0]);
  const double zero[] = {0};
  const BufferId filling = lowering.constant(tensor_from_real({dx.dtype, Shape{}, dx.quant}, zero).data);
  Extents to = strides_of(dx.shape);
  lowering.step(step::move, normalised(move_of(dx.shape, {}, to, dx.dtype)), {filling}, {out}, node);
  const auto& slice = node.attrs.as<SliceGradAttrs>().slice;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < slice.begin.size(); ++i) {
    offset += slice.begin[i] * to[i];
    to[i] *= slice.stride[i];
  }
  Move move = move_of(dy.shape, strides_of(dy.shape), to, dy.dtype);
  move.to_offset = offset;
  lowering.step(step::move, normalised(move), {lowering.buffer(node.inputs[0])}, {out}, node);
  return {};
}

}  // namespace paw
