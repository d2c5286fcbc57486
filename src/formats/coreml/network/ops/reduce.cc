// reduce_mean, reduce_sum, reduce_max <-> reduceMean, reduceSum, reduceMax; the old layer reduce is read
#include "ops/reduce.h"
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"

namespace paw::coreml::network {

namespace {

template <class Choose>
Status write_reduce(LayerWriter& w, Choose choose) {
  const auto& a = w.attrs<ReduceAttrs>();
  const int rank = w.type(0).shape.rank();
  const std::vector<bool> gone = axis_flags(a.axes, rank, true);
  // Without its axes, what is left must stand in the graph's order: in home order it may not.
  const AxisOrder order =
      a.keep_dims || keeps_order(AxisOrder::home(rank), gone) ? AxisOrder::home(rank) : AxisOrder(rank);
  PAW_ASSIGN_OR_RETURN(const Blob x, order.identity() ? w.plain(0) : w.in(0));
  schema::Layer::ReduceNd& message = *choose(a.keep_dims ? w.out({x}) : w.out_plain({x}));
  message.set_axes(pack_integers(file_axes(order, gone)));
  message.set_keep_dims(a.keep_dims);
  return {};
}

}  // namespace

Status write_reduce_mean(LayerWriter& w) {
  return write_reduce(w, [](schema::Layer& l) { return l.mutable_reduce_mean(); });
}
Status write_reduce_sum(LayerWriter& w) {
  return write_reduce(w, [](schema::Layer& l) { return l.mutable_reduce_sum(); });
}
Status write_reduce_max(LayerWriter& w) {
  return write_reduce(w, [](schema::Layer& l) { return l.mutable_reduce_max(); });
}

namespace {

Status reduced(LayerReader& r, const OpDef& op, const std::vector<std::int64_t>& axes, bool keep) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const std::vector<bool> gone = graph_flags(x.order, axes);
  const ReduceAttrs attrs{.axes = flagged_axes(gone), .keep_dims = keep};
  return r.result(r.call(op, {x.value}, attrs), keep ? x.order : without_axes(x.order, gone));
}

}  // namespace

Status read_reduce_nd(LayerReader& r) {
  const schema::Layer& layer = r.layer();
  const schema::Layer::ReduceNd& message = layer.has_reduce_mean()  ? layer.reduce_mean()
                                           : layer.has_reduce_sum() ? layer.reduce_sum()
                                                                    : layer.reduce_max();
  const OpDef& op = layer.has_reduce_mean()  ? op::reduce_mean
                    : layer.has_reduce_sum() ? op::reduce_sum
                                             : op::reduce_max;
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> axes, r.axes(message.axes(), shape.rank()));
  if (message.all() || axes.empty()) {
    axes.clear();
    for (int i = 0; i < shape.rank(); ++i) axes.push_back(i);
  }
  return reduced(r, op, axes, message.keep_dims());
}

// Of images, along CHW, HW, C, H or W; the axes stay.
Status read_reduce(LayerReader& r) {
  const schema::Layer::Reduce& message = r.layer().reduce();
  static const std::vector<std::int64_t> kAxes[] = {{1, 2, 3}, {2, 3}, {1}, {2}, {3}};
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  if (shape.rank() != 4 || message.axis() < 0 || message.axis() > 4) return r.refuse("its axes are not supported");
  const OpDef* op = message.mode() == 0   ? &op::reduce_sum
                    : message.mode() == 1 ? &op::reduce_mean
                    : message.mode() == 7 ? &op::reduce_max
                                          : nullptr;
  if (op == nullptr) return r.refuse("only sums, averages and maxima are supported");
  return reduced(r, *op, kAxes[message.axis()], true);
}

}  // namespace paw::coreml::network
