// reshape, squeeze, expand_dims <-> reshapeStatic, squeeze, expandDims; the old reshape, flatten and flattenTo2D are
// read
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::network {

Status write_reshape(LayerWriter& w) {
  const Shape &from = w.type(0).shape, &to = w.out_type().shape;
  if (from.rank() == 0) return w.refuse("reshapes a scalar, which a NeuralNetwork cannot");
  PAW_ASSIGN_OR_RETURN(const Blob x, same_at_home(from) ? w.in(0) : w.plain(0));
  const bool at_home = same_at_home(to);
  const std::string shape = pack_integers(list(at_home ? home(to).to_file(to) : to));
  (at_home ? w.out({x}) : w.out_plain({x})).mutable_reshape_static()->set_values(shape);
  return {};
}

namespace {

// `x`, whose elements stand in the file's order, as `file`; an image in the graph's order when that moves nothing.
Status reshape_to(LayerReader& r, ValueId x, const Shape& file) {
  const AxisOrder order = AxisOrder::home(file.rank());
  const Shape graph = order.to_graph(file);
  const bool at_home = order.moves_nothing(graph);
  const Shape& to = at_home ? graph : file;
  const AxisOrder result = at_home ? order : AxisOrder(file.rank());
  if (r.builder().shape(x) == to) return r.result(x, result);
  return r.result(r.call(op::reshape, {x}, ShapeAttrs{list(to)}), result);
}

Result<ValueId> in_file_order(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(0));
  if (value.order.moves_nothing(r.builder().shape(value.value))) return value.value;
  return r.plain(0);
}

Status reshape_checked(LayerReader& r, std::vector<std::int64_t> extents) {
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape(0));
  std::int64_t known = 1;
  std::ptrdiff_t open = -1;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] == 0 && static_cast<int>(i) < from.rank()) extents[i] = from[static_cast<int>(i)];
    if (extents[i] == -1 && open < 0) {
      open = static_cast<std::ptrdiff_t>(i);
    } else if (extents[i] < 1 || __builtin_mul_overflow(known, extents[i], &known)) {
      return r.refuse("its shape is not supported");
    }
  }
  if (open >= 0) extents[static_cast<std::size_t>(open)] = from.elements() / known;
  const auto shape = Shape::checked(extents);
  if (!shape || shape->elements() != from.elements())
    return r.refuse("its shape does not have as many elements as " + from.text());
  PAW_ASSIGN_OR_RETURN(const ValueId x, in_file_order(r));
  return reshape_to(r, x, *shape);
}

}  // namespace

Status read_reshape_static(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> extents, r.integers(r.layer().reshape_static().values(), "shape"));
  return reshape_checked(r, std::move(extents));
}

// To [C,H,W] or [sequence,C,H,W], the elements counted channel by channel or pixel by pixel.
Status read_reshape(LayerReader& r) {
  const schema::Layer::Reshape& message = r.layer().reshape();
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> extents, r.integers(message.shape(), "shape"));
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape(0));
  if (extents.size() == 4 && extents[0] == 1) extents.erase(extents.begin());
  if (extents.size() != 3 || from.rank() != 4) return r.refuse("its shape is not supported");
  extents.insert(extents.begin(), from[0]);
  if (message.mode() == 0) return reshape_checked(r, std::move(extents));
  const auto shape = Shape::checked(extents);
  if (!shape || shape->elements() != from.elements())
    return r.refuse("its shape does not have as many elements as " + from.text());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, AxisOrder::home(4)));
  const Shape graph = AxisOrder::home(4).to_graph(*shape);
  return r.result(r.call(op::reshape, {x}, ShapeAttrs{list(graph)}), AxisOrder::home(4));
}

// [N,C,H,W] to [N,CHW,1,1]; mode 1 counts pixel by pixel, as the graph does.
Status read_flatten(LayerReader& r) {
  const int mode = r.layer().flatten().mode();
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape(0));
  if (mode != 0 && mode != 1) return r.refuse("its mode is not known");
  if (from.rank() != 4) return r.refuse("flattens " + from.text() + "; only images are supported");
  ValueId x;
  if (mode == 1) {
    PAW_ASSIGN_OR_RETURN(x, r.in(0, AxisOrder::home(4)));
  } else {
    PAW_ASSIGN_OR_RETURN(x, in_file_order(r));
  }
  return reshape_to(r, x, {from[0], from.elements() / from[0], 1, 1});
}

Status read_flatten_to_2d(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape(0));
  const std::int64_t stated = r.layer().flatten_to_2d().axis(), axis = stated < 0 ? stated + from.rank() : stated;
  if (axis < 0 || axis > from.rank()) return r.refuse("its axis lies outside " + from.text());
  std::int64_t rows = 1;
  for (int i = 0; i < axis; ++i) rows *= from[i];
  PAW_ASSIGN_OR_RETURN(const ValueId x, in_file_order(r));
  return reshape_to(r, x, {rows, from.elements() / rows});
}

Status write_squeeze(LayerWriter& w) {
  const Shape& from = w.type(0).shape;
  std::vector<bool> gone = axis_flags(w.attrs<AxesAttrs>().axes, from.rank(), false);
  if (w.attrs<AxesAttrs>().axes.empty()) {
    for (int i = 0; i < from.rank(); ++i) gone[static_cast<std::size_t>(i)] = from[i] == 1;
  }
  const AxisOrder order = keeps_order(home(from), gone) ? home(from) : AxisOrder(from.rank());
  PAW_ASSIGN_OR_RETURN(const Blob x, order.identity() ? w.plain(0) : w.in(0));
  w.out_plain({x}).mutable_squeeze()->set_axes(pack_integers(file_axes(order, gone)));
  return {};
}

Status read_squeeze(LayerReader& r) {
  const schema::Layer::Squeeze& message = r.layer().squeeze();
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const Shape shape = r.shape(x);
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> axes, r.axes(message.axes(), shape.rank()));
  std::vector<bool> gone = graph_flags(x.order, axes);
  for (int i = 0; i < shape.rank(); ++i) {
    if (message.all()) gone[static_cast<std::size_t>(x.order[i])] = shape[i] == 1;
  }
  const AxesAttrs attrs{flagged_axes(gone)};
  if (attrs.axes.empty()) return r.result(x.value, x.order);
  return r.result(r.call(op::squeeze, {x.value}, attrs), without_axes(x.order, gone));
}

Status write_expand_dims(LayerWriter& w) {
  const Shape& to = w.out_type().shape;
  if (w.type(0).shape.rank() == 0) return w.refuse("takes a scalar, which a NeuralNetwork cannot");
  const std::vector<bool> fresh = axis_flags(w.attrs<AxesAttrs>().axes, to.rank(), false);
  const bool at_home = keeps_order(home(to), fresh);
  PAW_ASSIGN_OR_RETURN(const Blob x, w.plain(0));
  const std::string axes = pack_integers(file_axes(at_home ? home(to) : AxisOrder(to.rank()), fresh));
  (at_home ? w.out({x}) : w.out_plain({x})).mutable_expand_dims()->set_values(axes);
  return {};
}

Status read_expand_dims(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> listed,
                       r.integers(r.layer().expand_dims().values(), "list of axes"));
  if (listed.size() > static_cast<std::size_t>(kMaxRank - shape.rank())) {
    return r.refuse("more than " + std::to_string(kMaxRank) + " axes are not supported");
  }
  const int rank = shape.rank() + static_cast<int>(listed.size());
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> stated, r.axes(r.layer().expand_dims().values(), rank));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain(0));
  NewAxes placed = place_new_axes(stated, rank);
  return r.result(r.call(op::expand_dims, {x}, AxesAttrs{std::move(placed.axes)}), placed.order);
}

}  // namespace paw::coreml::network
