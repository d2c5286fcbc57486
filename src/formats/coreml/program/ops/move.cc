// transpose, pad, concat, slice, broadcast_to <-> transpose, pad, concat, slice_by_index, tile
#include <algorithm>

#include "formats/coreml/axes.h"
#include "formats/coreml/program/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::program {

Status check_moved(const NodeWriter& w, bool reals_only) {
  const DType dtype = w.out_type().dtype;
  if (is_float(dtype) || (!reals_only && (dtype == DType::kI32 || dtype == DType::kBool))) return {};
  return w.refuse("moves " + w.out_type().text() + ", which MIL cannot");
}

Status write_transpose(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  // The file's axis i of y is the graph's axis order[i], which is x's axis perm[that].
  const AxisOrder order = home(w.out_type().shape);
  std::vector<std::int64_t> perm;
  for (int i = 0; i < order.rank(); ++i) {
    perm.push_back(
        order.file_axis(static_cast<int>(w.attrs<TransposeAttrs>().perm[static_cast<std::size_t>(order[i])])));
  }
  return w.out("transpose", {{"x", {x}}, {"perm", {w.block().ints(perm)}}});
}

// No node: the axes are only called differently from here on.
Status read_transpose(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> perm, r.axes("perm", order.rank()));
  std::vector<int> moved;
  std::vector<bool> seen(static_cast<std::size_t>(order.rank()));
  for (const std::int64_t axis : perm) {
    moved.push_back(order[static_cast<int>(axis)]);
    seen[static_cast<std::size_t>(axis)] = true;
  }
  if (static_cast<int>(perm.size()) != order.rank() || std::ranges::find(seen, false) != seen.end()) {
    return r.refuse("its perm does not name every axis once");
  }
  return r.result(x, AxisOrder(moved));
}

Status write_pad(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w, true));
  const auto& a = w.attrs<PadAttrs>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const AxisOrder order = home(w.out_type().shape);
  const auto before = order.to_file(a.before), after = order.to_file(a.after);
  std::vector<std::int64_t> pads;
  for (std::size_t i = 0; i < before.size(); ++i) {
    pads.push_back(before[i]);
    pads.push_back(after[i]);
  }
  return w.out("pad", {{"x", {x}},
                       {"pad", {w.block().ints(pads)}},
                       {"mode", {w.block().text("constant")}},
                       {"constant_val", {w.number(a.value)}}});
}

Status read_pad(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> pads, r.ints("pad"));
  PAW_ASSIGN_OR_RETURN(const std::string mode, r.text("mode", "constant"));
  if (mode != "constant") return r.refuse("only padding with a constant is supported");
  const auto rank = static_cast<std::size_t>(order.rank());
  if (pads.size() % 2 != 0 || pads.size() > 2 * rank)
    return r.refuse("its pad has " + std::to_string(pads.size()) + " numbers");
  std::vector<std::int64_t> before(rank), after(rank);
  for (std::size_t i = 0, axis = rank - pads.size() / 2; i < pads.size(); i += 2, ++axis) {
    before[axis] = pads[i];
    after[axis] = pads[i + 1];
  }
  PadAttrs attrs{order.to_graph(before), order.to_graph(after)};
  PAW_ASSIGN_OR_RETURN(attrs.value, r.real("constant_val", 0));
  return r.result(r.call(op::pad, {x}, attrs), order);
}

Status write_concat(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const int rank = w.out_type().shape.rank();
  std::vector<Var> values;
  for (std::size_t i = 0; i < w.input_count(); ++i) {
    PAW_ASSIGN_OR_RETURN(const Var x, w.in(i));
    values.push_back(x);
  }
  const std::int64_t axis = w.attrs<ConcatAttrs>().axis;
  const int file = home(w.out_type().shape).file_axis(static_cast<int>(axis < 0 ? axis + rank : axis));
  return w.out("concat",
               {{"values", values}, {"axis", {w.block().integer(file)}}, {"interleave", {w.block().flag(false)}}});
}

Status read_concat(OpReader& r) {
  const int count = r.count("values");
  if (count < 1) return r.refuse("has no values");
  // The order of the first value that is computed.
  AxisOrder order;
  for (int i = 0; i < count && order.rank() == 0; ++i) {
    PAW_ASSIGN_OR_RETURN(const ProgramValue* value, r.value("values", i));
    if (!value->constant || i + 1 == count) order = value->order;
  }
  std::vector<ValueId> values;
  for (int i = 0; i < count; ++i) {
    PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("values", order, i));
    values.push_back(x);
  }
  PAW_ASSIGN_OR_RETURN(const std::int64_t stated, r.integer("axis"));
  PAW_ASSIGN_OR_RETURN(const int axis, r.axis(stated, order.rank()));
  PAW_ASSIGN_OR_RETURN(const bool interleave, r.flag("interleave"));
  if (interleave) return r.refuse("interleaving is not supported");
  const int graph = order[axis];
  return r.result(r.call(op::concat, values, ConcatAttrs{graph == order.rank() - 1 ? -1 : graph}), order);
}

Status write_slice(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const auto& a = w.attrs<SliceAttrs>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const AxisOrder order = home(w.out_type().shape);
  return w.out("slice_by_index", {{"x", {x}},
                                  {"begin", {w.block().ints(order.to_file(a.begin))}},
                                  {"end", {w.block().ints(order.to_file(a.end))}},
                                  {"stride", {w.block().ints(order.to_file(a.stride))}}});
}

namespace {

// begin and end of one axis as the graph has them. False: empty, backwards or outside.
bool resolve(std::int64_t extent, bool whole_begin, bool whole_end, std::int64_t& begin, std::int64_t& end,
             std::int64_t stride) {
  if (begin < 0) begin += extent;
  if (end < 0) end += extent;
  if (whole_begin) begin = 0;
  if (whole_end) end = extent;
  end = std::min(end, extent);
  return stride >= 1 && begin >= 0 && begin < end;
}

}  // namespace

Status read_slice(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  const auto rank = static_cast<std::size_t>(shape.rank());
  const std::vector<std::int64_t> none(rank, 0);
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> begin, r.ints("begin"));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> end, r.ints("end"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> stride, r.ints("stride", std::vector<std::int64_t>(rank, 1)));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> begin_mask, r.ints("begin_mask", none));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> end_mask, r.ints("end_mask", none));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> squeeze_mask, r.ints("squeeze_mask", none));
  for (const std::size_t count :
       {begin.size(), end.size(), stride.size(), begin_mask.size(), end_mask.size(), squeeze_mask.size()}) {
    if (count != rank) return r.refuse("its parameters do not have one number per axis of " + shape.text());
  }
  AxesAttrs dropped;
  std::vector<bool> gone(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t extent = shape[static_cast<int>(i)];
    const bool one = squeeze_mask[i] != 0;
    if (one) end[i] = (begin[i] < 0 ? begin[i] + extent : begin[i]) + 1;
    if (!resolve(extent, begin_mask[i] != 0 && !one, end_mask[i] != 0 && !one, begin[i], end[i], stride[i])) {
      return r.refuse("slices nothing, backwards or outside of " + shape.text());
    }
    gone[static_cast<std::size_t>(order[static_cast<int>(i)])] = one;
  }
  const ValueId y =
      r.call(op::slice, {x}, SliceAttrs{order.to_graph(begin), order.to_graph(end), order.to_graph(stride)});
  for (std::size_t i = 0; i < rank; ++i) {
    if (gone[i]) dropped.axes.push_back(static_cast<std::int64_t>(i));
  }
  if (dropped.axes.empty()) return r.result(y, order);
  return r.result(r.call(op::squeeze, {y}, dropped), without_axes(order, gone));
}

// Repeats along the axes that grow.
Status write_broadcast_to(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const Shape& to = w.out_type().shape;
  const int rank = to.rank();
  if (w.type(0).shape.rank() == 0 || rank > 5)
    return w.refuse("broadcasts a scalar, or to more than 5 axes, which MIL cannot");
  PAW_ASSIGN_OR_RETURN(Var x, w.type(0).shape.rank() == rank ? w.in(0) : w.plain(0));
  const AxisOrder order = w.type(0).shape.rank() == rank ? AxisOrder::home(rank) : AxisOrder(rank);
  if (const int missing = rank - w.type(0).shape.rank(); missing > 0) {
    std::vector<std::int64_t> axes, extents(static_cast<std::size_t>(missing), 1);
    for (int i = 0; i < missing; ++i) axes.push_back(i);
    extents.insert(extents.end(), x.shape.extents().begin(), x.shape.extents().end());
    x = w.step("expand_dims", {{"x", {x}}, {"axes", {w.block().ints(axes)}}}, Shape(extents));
  }
  const Shape file = order.to_file(to);
  std::vector<std::int64_t> reps;
  for (int i = 0; i < rank; ++i) reps.push_back(file[i] / x.shape[i]);
  const std::vector<Input> inputs = {{"x", {x}}, {"reps", {w.block().ints(reps)}}};
  return order.identity() ? w.out_plain("tile", inputs) : w.out("tile", inputs);
}

Status read_tile(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> reps, r.ints("reps"));
  if (static_cast<int>(reps.size()) != shape.rank()) return r.refuse("its reps do not have one number per axis");
  std::vector<std::int64_t> extents;
  for (int i = 0; i < shape.rank(); ++i) {
    const std::int64_t times = reps[static_cast<std::size_t>(i)];
    if (times < 1 || (times > 1 && shape[i] != 1)) return r.refuse("only axes of extent 1 can be repeated");
    extents.push_back(shape[i] * times);
  }
  const auto to = Shape::checked(extents);
  if (!to) return r.refuse("its result would be too large");
  const Shape graph = order.to_graph(*to);
  return r.result(r.call(op::broadcast_to, {x}, ShapeAttrs{{graph.extents().begin(), graph.extents().end()}}), order);
}

}  // namespace paw::coreml::program
