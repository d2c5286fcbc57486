// reshape, squeeze, expand_dims <-> the same; what stands in another order in the file is brought into the graph's
// first.
#include <algorithm>

#include "formats/coreml/axes.h"
#include "formats/coreml/program/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::program {

Status write_reshape(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const Shape &from = w.type(0).shape, &to = w.out_type().shape;
  if (from.rank() == 0 || to.rank() == 0) return w.refuse("reshapes a scalar, which MIL cannot");
  PAW_ASSIGN_OR_RETURN(const Var x, same_at_home(from) ? w.in(0) : w.plain(0));
  const bool at_home = same_at_home(to);
  const Shape file = at_home ? home(to).to_file(to) : to;
  const std::vector<Input> inputs = {{"x", {x}}, {"shape", {w.block().ints(list(file))}}};
  return at_home ? w.out("reshape", inputs) : w.out_plain("reshape", inputs);
}

namespace {

// The value of `param`, its elements in the file's order, of any shape.
Result<ValueId> in_file_order(OpReader& r, std::string_view param) {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* value, r.value(param));
  if (!value->constant && value->order.moves_nothing(r.builder().shape(value->value))) return value->value;
  return r.plain(param);
}

// Reshapes to `file`, an image to the graph's order when that moves nothing.
Status reshape_to(OpReader& r, const Shape& file) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, in_file_order(r, "x"));
  const AxisOrder order = AxisOrder::home(file.rank());
  const Shape graph = order.to_graph(file);
  const bool at_home = order.moves_nothing(graph);
  const Shape& to = at_home ? graph : file;
  const AxisOrder result = at_home ? order : AxisOrder(file.rank());
  if (r.builder().shape(x) == to) return r.result(x, result);
  return r.result(r.call(op::reshape, {x}, ShapeAttrs{list(to)}), result);
}

}  // namespace

Status read_reshape(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> extents, r.ints("shape"));
  std::int64_t known = 1;
  std::ptrdiff_t open = -1;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] == 0 && static_cast<int>(i) < from.rank()) extents[i] = from[static_cast<int>(i)];  // as it was
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
  return reshape_to(r, *shape);
}

Status read_flatten(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape from, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const std::int64_t stated, r.integer("axis", 1));
  const std::int64_t axis = stated < 0 ? stated + from.rank() : stated;
  if (axis < 0 || axis > from.rank()) return r.refuse("its axis lies outside " + from.text());
  std::int64_t rows = 1;
  for (int i = 0; i < axis; ++i) rows *= from[i];
  return reshape_to(r, {rows, from.elements() / rows});
}

Status write_squeeze(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const int rank = w.type(0).shape.rank();
  if (w.out_type().shape.rank() == 0) return w.refuse("makes a scalar, which MIL cannot");
  const Shape& from = w.type(0).shape;
  std::vector<bool> gone = axis_flags(w.attrs<AxesAttrs>().axes, rank, false);
  if (w.attrs<AxesAttrs>().axes.empty()) {
    for (int i = 0; i < rank; ++i) gone[static_cast<std::size_t>(i)] = from[i] == 1;
  }
  const AxisOrder order = keeps_order(AxisOrder::home(rank), gone) ? AxisOrder::home(rank) : AxisOrder(rank);
  PAW_ASSIGN_OR_RETURN(const Var x, order.identity() ? w.plain(0) : w.in(0));
  return w.out_plain("squeeze", {{"x", {x}}, {"axes", {w.block().ints(file_axes(order, gone))}}});
}

Status read_squeeze(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  const int rank = order.rank();
  std::vector<std::int64_t> stated;
  if (r.has("axes")) {
    PAW_ASSIGN_OR_RETURN(stated, r.axes("axes", rank));
  } else {
    for (int i = 0; i < rank; ++i) {
      if (shape[i] == 1) stated.push_back(i);
    }
  }
  const std::vector<bool> gone = graph_flags(order, stated);
  return r.result(r.call(op::squeeze, {x}, AxesAttrs{flagged_axes(gone)}), without_axes(order, gone));
}

Status write_expand_dims(NodeWriter& w) {
  PAW_RETURN_IF_ERROR(check_moved(w));
  const int rank = w.out_type().shape.rank();
  if (w.type(0).shape.rank() == 0) return w.refuse("takes a scalar, which MIL cannot");
  const std::vector<bool> fresh = axis_flags(w.attrs<AxesAttrs>().axes, rank, false);
  const bool at_home = keeps_order(AxisOrder::home(rank), fresh);
  PAW_ASSIGN_OR_RETURN(const Var x, w.plain(0));
  const AxisOrder order = at_home ? AxisOrder::home(rank) : AxisOrder(rank);
  const std::vector<Input> inputs = {{"x", {x}}, {"axes", {w.block().ints(file_axes(order, fresh))}}};
  return at_home ? w.out("expand_dims", inputs) : w.out_plain("expand_dims", inputs);
}

Status read_expand_dims(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> listed, r.ints("axes"));
  const int rank = shape.rank() + static_cast<int>(listed.size());
  if (rank > kMaxRank) return r.refuse("more than " + std::to_string(kMaxRank) + " axes are not supported");
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> stated, r.axes("axes", rank));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain("x"));
  NewAxes placed = place_new_axes(stated, rank);
  return r.result(r.call(op::expand_dims, {x}, AxesAttrs{std::move(placed.axes)}), placed.order);
}

}  // namespace paw::coreml::program
