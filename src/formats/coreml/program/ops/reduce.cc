// reduce_mean, reduce_sum, reduce_max <-> the same
#include <algorithm>

#include "formats/coreml/axes.h"
#include "formats/coreml/program/rules.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::coreml::program {

namespace {

Status write_reduce(NodeWriter& w, std::string_view op) {
  if (!is_float(w.out_type().dtype)) return w.refuse("computes " + w.out_type().text() + ", which MIL cannot");
  const auto& a = w.attrs<ReduceAttrs>();
  const int rank = w.type(0).shape.rank();
  std::vector<bool> gone = axis_flags(a.axes, rank, true);
  // Without its axes, what is left must stand in the graph's order: in home order it may not.
  const AxisOrder order =
      a.keep_dims || keeps_order(AxisOrder::home(rank), gone) ? AxisOrder::home(rank) : AxisOrder(rank);
  PAW_ASSIGN_OR_RETURN(const Var x, order.identity() ? w.plain(0) : w.in(0));
  const std::vector<std::int64_t> axes = file_axes(order, gone);
  const std::vector<Input> inputs = {
      {"x", {x}}, {"axes", {w.block().ints(axes)}}, {"keep_dims", {w.block().flag(a.keep_dims)}}};
  return a.keep_dims ? w.out(op, inputs) : w.out_plain(op, inputs);
}

}  // namespace

Status write_reduce_mean(NodeWriter& w) { return write_reduce(w, "reduce_mean"); }
Status write_reduce_sum(NodeWriter& w) { return write_reduce(w, "reduce_sum"); }
Status write_reduce_max(NodeWriter& w) { return write_reduce(w, "reduce_max"); }

Status read_reduce(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  const int rank = order.rank();
  std::vector<std::int64_t> stated;
  if (r.has("axes")) {
    PAW_ASSIGN_OR_RETURN(stated, r.axes("axes", rank));
  }
  if (stated.empty()) {
    for (int i = 0; i < rank; ++i) stated.push_back(i);
  }
  const std::vector<bool> gone = graph_flags(order, stated);
  ReduceAttrs attrs{.axes = flagged_axes(gone)};
  if (stated.size() != attrs.axes.size()) return r.refuse("names an axis twice");
  PAW_ASSIGN_OR_RETURN(attrs.keep_dims, r.flag("keep_dims"));
  const OpDef& op = r.type() == "reduce_mean"  ? op::reduce_mean
                    : r.type() == "reduce_sum" ? op::reduce_sum
                                               : op::reduce_max;
  return r.result(r.call(op, {x}, attrs), attrs.keep_dims ? order : without_axes(order, gone));
}

}  // namespace paw::coreml::program
