// Binary ops <-> their broadcasting layers. Constants lie in the layer where there is such a layer: one number as add
// and multiply with alpha, one per channel as bias and scale; a difference is a sum with what was negated, which is
// exact. neg is a product with -1. Layers of several inputs are read into these, too.
#include <algorithm>

#include "coreml/network.pb.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::network {

namespace {

Result<std::vector<Blob>> operands(LayerWriter& w) {
  std::vector<Blob> blobs;
  for (const std::size_t i : {0u, 1u}) {
    PAW_ASSIGN_OR_RETURN(const Blob blob, w.broadcast(i, w.out_type().shape.rank()));
    blobs.push_back(blob);
  }
  return blobs;
}

// x op constant, for a constant that the layer itself holds.
struct WithConstant {
  void (*one)(schema::Layer&, float);
  void (*per_channel)(schema::Layer&, std::span<const float>);
};

constexpr WithConstant kSum = {[](schema::Layer& l, float n) { l.mutable_add()->set_alpha(n); },
                               [](schema::Layer& l, std::span<const float> values) {
                                 const std::int64_t shape[] = {static_cast<std::int64_t>(values.size()), 1, 1};
                                 l.mutable_bias()->set_shape(pack_integers(shape));
                                 l.mutable_bias()->mutable_bias()->set_floats(pack_floats(values));
                               }};
constexpr WithConstant kProduct = {[](schema::Layer& l, float n) { l.mutable_multiply()->set_alpha(n); },
                                   [](schema::Layer& l, std::span<const float> values) {
                                     const std::int64_t shape[] = {static_cast<std::int64_t>(values.size()), 1, 1};
                                     l.mutable_scale()->set_scale_shape(pack_integers(shape));
                                     l.mutable_scale()->mutable_scale()->set_floats(pack_floats(values));
                                   }};

// The operand that is no constant, negated when asked for.
Result<Blob> other_operand(LayerWriter& w, std::size_t i, bool home, bool negated) {
  PAW_ASSIGN_OR_RETURN(Blob x, home ? w.in(i) : w.plain(i));
  if (negated) {
    Blob made;
    w.step({x}, "negated", x.shape, made).mutable_multiply()->set_alpha(-1);
    x = std::move(made);
  }
  return x;
}

// Channels are the second of four axes: other values become images of one pixel, and come back behind it.
Status along_channels(LayerWriter& w, std::size_t i, bool negated, const WithConstant& op,
                      std::span<const float> values) {
  const Shape& shape = w.type(i).shape;
  const bool image = shape.rank() == 4;
  PAW_ASSIGN_OR_RETURN(Blob x, other_operand(w, i, image, negated));
  if (image) {
    op.per_channel(w.out({x}), values);
    return {};
  }
  const Shape pixels{shape.elements() / shape.back(), shape.back(), 1, 1};
  x = w.reshaped(x, pixels);
  Blob made;
  op.per_channel(w.step({x}, "channels", pixels, made), values);
  w.out_plain({made}).mutable_reshape_static()->set_values(pack_integers(shape.extents()));
  return {};
}

// False: no operand is such a constant. `difference`: of the operands, as a sum.
Result<bool> with_constant(LayerWriter& w, const WithConstant& op, bool difference = false) {
  for (const std::size_t i : {1u, 0u}) {
    if (!(w.type(1 - i).shape == w.out_type().shape)) continue;
    const bool negate_constant = difference && i == 1, negate_other = difference && i == 0;
    if (const auto number = w.number(i)) {
      PAW_ASSIGN_OR_RETURN(const Blob x, other_operand(w, 1 - i, true, negate_other));
      op.one(w.out({x}), negate_constant ? -*number : *number);
      return true;
    }
    if (auto values = w.per_channel(i)) {
      for (float& v : *values) v = negate_constant ? -v : v;
      PAW_RETURN_IF_ERROR(along_channels(w, 1 - i, negate_other, op, *values));
      return true;
    }
  }
  return false;
}

}  // namespace

Status write_add(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const bool done, with_constant(w, kSum));
  if (done) return {};
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_add_broadcast();
  return {};
}

Status write_mul(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const bool done, with_constant(w, kProduct));
  if (done) return {};
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_multiply_broadcast();
  return {};
}

Status write_sub(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const bool done, with_constant(w, kSum, true));
  if (done) return {};
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_subtract_broadcast();
  return {};
}

Status write_div(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_divide_broadcast();
  return {};
}

Status write_maximum(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_max_broadcast();
  return {};
}

Status write_minimum(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Blob> blobs, operands(w));
  w.out(blobs).mutable_min_broadcast();
  return {};
}

Status write_neg(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.out({x}).mutable_multiply()->set_alpha(-1);
  return {};
}

namespace {

// The value in the graph so that it broadcasts with values of that order: fewer axes are filled up in front in the
// file, and those that are 1 in front in the graph are left out again.
Result<ValueId> operand(LayerReader& r, const NetworkValue& value, const AxisOrder& order) {
  const int rank = value.order.rank();
  if (rank == order.rank() && !value.constant) return r.in_order(value, order);
  const ValueId x = r.in_order(value, AxisOrder(rank));
  if (order.identity() && !(value.constant && rank < order.rank())) return x;
  const Shape own = r.builder().shape(x);
  std::vector<std::int64_t> extents(static_cast<std::size_t>(order.rank() - rank), 1);
  extents.insert(extents.end(), own.extents().begin(), own.extents().end());
  const Shape file(extents), graph = order.to_graph(file);
  std::vector<std::int64_t> left;
  for (const std::int64_t extent : graph.extents()) {
    if (extent != 1 || !left.empty() || (rank == order.rank() && rank > 1)) left.push_back(extent);
  }
  if (r.builder().graph().is_constant(x)) {  // at once
    const Tensor tensor = r.builder().graph().tensor(x);
    const Tensor wide{{tensor.type.dtype, file, tensor.type.quant}, tensor.data};
    if (!tensor.type.quant) {
      std::vector<int> axes;
      for (int i = 0; i < order.rank(); ++i) axes.push_back(order.file_axis(i));
      Tensor moved = permuted(wide, axes);
      moved.type.shape = Shape(left);
      return r.builder().constant(std::move(moved));
    }
  }
  if (order.moves_nothing(graph)) return r.call(op::reshape, {x}, ShapeAttrs{left});
  const ValueId wide = r.call(op::reshape, {x}, ShapeAttrs{extents});
  std::vector<std::int64_t> perm;
  for (int i = 0; i < order.rank(); ++i) perm.push_back(order.file_axis(i));
  return r.call(op::transpose, {wide}, TransposeAttrs{perm});
}

// All inputs together, from left to right.
Status combine(LayerReader& r, const OpDef& op, bool average) {
  if (r.input_count() < 2) return r.refuse("has " + std::to_string(r.input_count()) + " inputs");
  AxisOrder order;
  for (const bool constants : {false, true}) {
    for (int i = 0; i < r.input_count(); ++i) {
      PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(i));
      if (value.constant == constants && value.order.rank() > order.rank()) order = value.order;
    }
  }
  PAW_ASSIGN_OR_RETURN(const NetworkValue first, r.value(0));
  PAW_ASSIGN_OR_RETURN(ValueId sum, operand(r, first, order));
  for (int i = 1; i < r.input_count(); ++i) {
    PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(i));
    PAW_ASSIGN_OR_RETURN(const ValueId next, operand(r, value, order));
    sum = r.call(op, {sum, next});
  }
  if (average) sum = r.call(op::mul, {sum, r.scalar(1.0 / r.input_count())});
  return r.result(sum, order);
}

}  // namespace

Status read_binary(LayerReader& r) {
  if (r.input_count() != 2) return r.refuse("has " + std::to_string(r.input_count()) + " inputs, not 2");
  switch (r.layer().kind_case()) {
    case schema::Layer::kAddBroadcast: return combine(r, op::add, false);
    case schema::Layer::kSubtractBroadcast: return combine(r, op::sub, false);
    case schema::Layer::kMultiplyBroadcast: return combine(r, op::mul, false);
    case schema::Layer::kDivideBroadcast: return combine(r, op::div, false);
    case schema::Layer::kMaxBroadcast: return combine(r, op::maximum, false);
    default: return combine(r, op::minimum, false);
  }
}

Status read_several(LayerReader& r) {
  const schema::Layer& layer = r.layer();
  if (r.input_count() == 1 && (layer.has_add() || layer.has_multiply())) {
    PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
    const float alpha = layer.has_add() ? layer.add().alpha() : layer.multiply().alpha();
    if (layer.has_multiply() && alpha == -1) return r.result(r.call(op::neg, {x.value}), x.order);
    return r.result(r.call(layer.has_add() ? op::add : op::mul, {x.value, r.scalar(alpha)}), x.order);
  }
  switch (layer.kind_case()) {
    case schema::Layer::kAdd: return combine(r, op::add, false);
    case schema::Layer::kAverage: return combine(r, op::add, true);
    case schema::Layer::kMultiply: return combine(r, op::mul, false);
    case schema::Layer::kMax: return combine(r, op::maximum, false);
    default: return combine(r, op::minimum, false);
  }
}

namespace {

// [1], [C], [1,H,W] or [C,H,W] beside [N,C,H,W], as the graph broadcasts it.
Result<ValueId> beside_image(LayerReader& r, const std::string& packed, const schema::Weights& message) {
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> extents, r.integers(packed, "shape"));
  if (extents.size() == 1) extents.insert(extents.end(), {1, 1});
  const auto shape = Shape::checked(extents);
  if (!shape || shape->rank() != 3) return r.refuse("its shape is not supported");
  static constexpr std::array<int, 3> kToGraph = {1, 2, 0};
  std::vector<std::int64_t> graph;
  for (const int axis : kToGraph) {
    if ((*shape)[axis] != 1 || !graph.empty()) graph.push_back((*shape)[axis]);
  }
  return r.weights(message, *shape, kToGraph, Shape(graph));
}

}  // namespace

Status read_scale(LayerReader& r) {
  const schema::Layer::Scale& message = r.layer().scale();
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, AxisOrder::home(4)));
  PAW_ASSIGN_OR_RETURN(const ValueId factor, beside_image(r, message.scale_shape(), message.scale()));
  ValueId y = r.call(op::mul, {x, factor});
  if (message.biased()) {
    PAW_ASSIGN_OR_RETURN(const ValueId bias, beside_image(r, message.bias_shape(), message.bias()));
    y = r.call(op::add, {y, bias});
  }
  return r.result(y, AxisOrder::home(4));
}

Status read_bias(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, AxisOrder::home(4)));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, beside_image(r, r.layer().bias().shape(), r.layer().bias().bias()));
  return r.result(r.call(op::add, {x, bias}), AxisOrder::home(4));
}

Status read_constant(LayerReader& r) {
  const bool exact = r.layer().has_load_constant_nd();
  const schema::Layer::Constant& message = exact ? r.layer().load_constant_nd() : r.layer().load_constant();
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> extents, r.integers(message.shape(), "shape"));
  if (!exact && extents.size() == 3) extents.insert(extents.begin(), 1);  // [C,H,W]
  const auto shape = Shape::checked(extents);
  if (!shape || shape->rank() == 0) return r.refuse("its shape is not supported");
  std::vector<int> axes(static_cast<std::size_t>(shape->rank()));
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int>(i);
  PAW_ASSIGN_OR_RETURN(const ValueId value, r.weights(message.data(), *shape, axes));
  return r.result(value, AxisOrder(shape->rank()), true);
}

}  // namespace paw::coreml::network
