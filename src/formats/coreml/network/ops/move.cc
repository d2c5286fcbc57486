// transpose, pad, concat, slice, broadcast_to <-> transpose, constantPad, concatND, sliceStatic, broadcastToStatic; the
// old permute, padding and concat are read
#include <algorithm>

#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/ops/window.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::network {

Status write_transpose(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  const AxisOrder order = home(w.out_type().shape);
  std::vector<std::int64_t> perm;
  for (int i = 0; i < order.rank(); ++i) {
    perm.push_back(
        order.file_axis(static_cast<int>(w.attrs<TransposeAttrs>().perm[static_cast<std::size_t>(order[i])])));
  }
  w.out({x}).mutable_transpose()->set_values(pack_integers(perm));
  return {};
}

namespace {

// No node: the axes are only called differently from here on.
Status renamed(LayerReader& r, const std::vector<std::int64_t>& perm) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  std::vector<int> moved;
  std::vector<bool> seen(static_cast<std::size_t>(x.order.rank()));
  for (const std::int64_t axis : perm) {
    moved.push_back(x.order[static_cast<int>(axis)]);
    seen[static_cast<std::size_t>(axis)] = true;
  }
  if (static_cast<int>(perm.size()) != x.order.rank() || std::ranges::find(seen, false) != seen.end()) {
    return r.refuse("does not name every axis once");
  }
  return r.result(x.value, AxisOrder(moved));
}

}  // namespace

Status read_transpose(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> perm, r.axes(r.layer().transpose().values(), shape.rank()));
  return renamed(r, perm);
}

// Of sequence, C, H and W; sequences there are none.
Status read_permute(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> perm, r.axes(r.layer().permute().values(), shape.rank()));
  if (shape.rank() != 4 || perm.size() != 4 || perm[0] != 0)
    return r.refuse("only the axes of an image can be permuted");
  return renamed(r, perm);
}

Status write_pad(LayerWriter& w) {
  const auto& a = w.attrs<PadAttrs>();
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  const AxisOrder order = home(w.out_type().shape);
  const auto before = order.to_file(a.before), after = order.to_file(a.after);
  std::vector<std::int64_t> amounts;
  for (std::size_t i = 0; i < before.size(); ++i) {
    amounts.push_back(before[i]);
    amounts.push_back(after[i]);
  }
  schema::Layer::ConstantPadding& p = *w.out({x}).mutable_constant_padding();
  p.set_value(static_cast<float>(a.value));
  p.set_amounts(pack_integers(amounts));
  return {};
}

namespace {

Status padded(LayerReader& r, const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after,
              float value) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const PadAttrs attrs{x.order.to_graph(before), x.order.to_graph(after), meant(value)};
  return r.result(r.call(op::pad, {x.value}, attrs), x.order);
}

}  // namespace

Status read_constant_padding(LayerReader& r) {
  const schema::Layer::ConstantPadding& p = r.layer().constant_padding();
  if (p.to_size()) return r.refuse("pads to a size, which is not supported");
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> amounts, r.integers(p.amounts(), "padding"));
  if (amounts.size() != 2 * static_cast<std::size_t>(shape.rank()) || r.input_count() != 1) {
    return r.refuse("its padding has " + std::to_string(amounts.size()) + " numbers for " + shape.text());
  }
  std::vector<std::int64_t> before, after;
  for (std::size_t i = 0; i < amounts.size(); i += 2) {
    before.push_back(amounts[i]);
    after.push_back(amounts[i + 1]);
  }
  return padded(r, before, after, p.value());
}

Status read_padding(LayerReader& r) {
  const schema::Layer::Padding& p = r.layer().padding();
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  if (!p.has_constant() || shape.rank() != 4) return r.refuse("only padding of images with a constant is supported");
  PAW_ASSIGN_OR_RETURN(const auto edges, read_edges(r, p.amounts()));
  return padded(r, {0, 0, edges[0], edges[2]}, {0, 0, edges[1], edges[3]}, p.constant().value());
}

Status write_concat(LayerWriter& w) {
  const int rank = w.out_type().shape.rank();
  std::vector<Blob> blobs;
  for (std::size_t i = 0; i < w.input_count(); ++i) {
    PAW_ASSIGN_OR_RETURN(const Blob blob, w.in(i));
    blobs.push_back(blob);
  }
  const std::int64_t axis = w.attrs<ConcatAttrs>().axis;
  w.out(blobs).mutable_concat_nd()->set_axis(
      home(w.out_type().shape).file_axis(static_cast<int>(axis < 0 ? axis + rank : axis)));
  return {};
}

Status read_concat(LayerReader& r) {
  const schema::Layer& layer = r.layer();
  if (layer.concat().sequence() || layer.concat_nd().interleave())
    return r.refuse("its way of joining is not supported");
  PAW_ASSIGN_OR_RETURN(const NetworkValue first, r.value(0));
  AxisOrder order = first.order;
  for (int i = 0; i < r.input_count(); ++i) {
    PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(i));
    if (!value.constant) {
      order = value.order;
      break;
    }
  }
  std::vector<ValueId> values;
  for (int i = 0; i < r.input_count(); ++i) {
    PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(i, order));
    values.push_back(x);
  }
  PAW_ASSIGN_OR_RETURN(const int axis, r.axis(layer.has_concat_nd() ? layer.concat_nd().axis() : -3, order.rank()));
  const int graph = order[axis];
  return r.result(r.call(op::concat, values, ConcatAttrs{graph == order.rank() - 1 ? -1 : graph}), order);
}

Status write_slice(LayerWriter& w) {
  const auto& a = w.attrs<SliceAttrs>();
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  const AxisOrder order = home(w.out_type().shape);
  schema::Layer::Slice& s = *w.out({x}).mutable_slice();
  s.set_begin(pack_integers(order.to_file(a.begin)));
  s.set_end(pack_integers(order.to_file(a.end)));
  s.set_strides(pack_integers(order.to_file(a.stride)));
  for (int i = 0; i < order.rank(); ++i) {
    s.add_begin_masks(false);
    s.add_end_masks(false);
  }
  return {};
}

Status read_slice(LayerReader& r) {
  const schema::Layer::Slice& s = r.layer().slice();
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const Shape shape = r.shape(x);
  const auto rank = static_cast<std::size_t>(shape.rank());
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> begin, r.integers(s.begin(), "begin"));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> end, r.integers(s.end(), "end"));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> stride, r.integers(s.strides(), "stride"));
  if (stride.empty()) stride.assign(rank, 1);
  if (begin.size() != rank || end.size() != rank || stride.size() != rank) {
    return r.refuse("its parameters do not have one number per axis of " + shape.text());
  }
  const auto flag = [](const google::protobuf::RepeatedField<bool>& masks, std::size_t i) {
    return static_cast<int>(i) < masks.size() && masks.Get(static_cast<int>(i));
  };
  std::vector<bool> gone(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t extent = shape[static_cast<int>(i)];
    const bool one = flag(s.squeeze_masks(), i);
    if (begin[i] < 0) begin[i] += extent;
    if (end[i] < 0) end[i] += extent;
    if (flag(s.begin_masks(), i) && !one) begin[i] = 0;
    if (flag(s.end_masks(), i)) end[i] = extent;
    end[i] = one ? begin[i] + 1 : std::min(end[i], extent);
    if (stride[i] < 1 || begin[i] < 0 || begin[i] >= end[i] || end[i] > extent) {
      return r.refuse("slices nothing, backwards or outside of " + shape.text());
    }
    gone[static_cast<std::size_t>(x.order[static_cast<int>(i)])] = one;
  }
  const ValueId y = r.call(op::slice, {x.value},
                           SliceAttrs{x.order.to_graph(begin), x.order.to_graph(end), x.order.to_graph(stride)});
  const AxesAttrs dropped{flagged_axes(gone)};
  if (dropped.axes.empty()) return r.result(y, x.order);
  return r.result(r.call(op::squeeze, {y}, dropped), without_axes(x.order, gone));
}

Status write_broadcast_to(LayerWriter& w) {
  const Shape &from = w.type(0).shape, &to = w.out_type().shape;
  if (from.rank() == 0) return w.refuse("broadcasts a scalar, which a NeuralNetwork cannot");
  // Fewer axes are filled up in front, which only the graph's order says rightly.
  const bool at_home = from.rank() == to.rank();
  PAW_ASSIGN_OR_RETURN(const Blob x, at_home ? w.in(0) : w.plain(0));
  const Shape file = at_home ? home(w.out_type().shape).to_file(to) : to;
  (at_home ? w.out({x}) : w.out_plain({x})).mutable_broadcast()->set_values(pack_integers(file.extents()));
  return {};
}

Status read_broadcast(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> extents, r.integers(r.layer().broadcast().values(), "shape"));
  const auto shape = Shape::checked(extents);
  if (!shape) return r.refuse("its shape is not supported");
  const bool same_rank = shape->rank() == x.order.rank();
  const AxisOrder order = same_rank ? x.order : AxisOrder(shape->rank());
  ValueId value = x.value;
  if (!same_rank) {
    PAW_ASSIGN_OR_RETURN(value, r.plain(0));
  }
  const Shape graph = order.to_graph(*shape);
  return r.result(r.call(op::broadcast_to, {value}, ShapeAttrs{{graph.extents().begin(), graph.extents().end()}}),
                  order);
}

}  // namespace paw::coreml::network
