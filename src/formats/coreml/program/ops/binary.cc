// add, sub, mul, div, maximum, minimum <-> the same, div as real_div. neg is a product with -1.
#include <algorithm>

#include "formats/coreml/program/rules.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::program {

namespace {

Status write_binary(NodeWriter& w, std::string_view op) {
  const TensorType& type = w.out_type();
  if (!is_float(type.dtype) && type.dtype != DType::kI32)
    return w.refuse("computes " + type.text() + ", which MIL cannot");
  const int rank = type.shape.rank();
  PAW_ASSIGN_OR_RETURN(const Var x, w.broadcast(0, rank));
  PAW_ASSIGN_OR_RETURN(const Var y, w.broadcast(1, rank));
  return w.out(op, {{"x", {x}}, {"y", {y}}});
}

constexpr MilOp kBinary[] = {{"add", &op::add},      {"sub", &op::sub},         {"mul", &op::mul},
                             {"real_div", &op::div}, {"maximum", &op::maximum}, {"minimum", &op::minimum}};

// Extents with ones in front, to `rank`.
Shape raised(const Shape& shape, int rank) {
  std::vector<std::int64_t> extents(static_cast<std::size_t>(rank - shape.rank()), 1);
  extents.insert(extents.end(), shape.extents().begin(), shape.extents().end());
  return Shape(extents);
}

// A constant beside a value of that order: its axes follow. Of fewer axes, those in front that are 1 are left out.
Result<ValueId> constant_operand(OpReader& r, std::string_view param, const AxisOrder& order) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(param));
  std::vector<int> own(static_cast<std::size_t>(shape.rank()));
  for (int i = 0; i < shape.rank(); ++i) own[static_cast<std::size_t>(i)] = i;
  if (shape.rank() == 0 || order.identity()) return r.weights(param, own);
  const int missing = order.rank() - shape.rank();
  if (missing == 0) {
    std::vector<int> axes;
    for (int i = 0; i < order.rank(); ++i) axes.push_back(order.file_axis(i));
    return r.weights(param, axes);
  }
  // The graph's axes of the constant, in order; file axes in front of its own are 1.
  std::vector<int> axes;
  std::vector<std::int64_t> extents;
  for (int i = 0; i < order.rank(); ++i) {
    const int at = order.file_axis(i) - missing;
    if (at >= 0) axes.push_back(at);
    const std::int64_t extent = at < 0 ? 1 : shape[at];
    if (extent != 1 || !extents.empty()) extents.push_back(extent);
  }
  return r.weights(param, axes, Shape(extents));
}

// A computed value of fewer axes beside one of that order.
Result<ValueId> raised_operand(OpReader& r, std::string_view param, const AxisOrder& order) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(param));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain(param));
  if (order.identity() || shape.rank() == 0) return x;
  const Shape file = raised(shape, order.rank());
  const Shape graph = order.to_graph(file);
  if (order.moves_nothing(graph)) {
    // All along one axis: the graph broadcasts it without the ones in front.
    std::vector<std::int64_t> extents;
    for (const std::int64_t extent : graph.extents()) {
      if (extent != 1 || !extents.empty()) extents.push_back(extent);
    }
    return r.call(op::reshape, {x}, ShapeAttrs{extents});
  }
  const ValueId wide = r.call(op::reshape, {x}, ShapeAttrs{{file.extents().begin(), file.extents().end()}});
  std::vector<std::int64_t> perm;
  for (int i = 0; i < order.rank(); ++i) perm.push_back(order.file_axis(i));
  return r.call(op::transpose, {wide}, TransposeAttrs{perm});
}

Result<ValueId> operand(OpReader& r, std::string_view param, const AxisOrder& order) {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* value, r.value(param));
  if (value->constant) return constant_operand(r, param, order);
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(param));
  if (shape.rank() == order.rank()) return r.in(param, order);
  return raised_operand(r, param, order);
}

// x times a scalar of -1.
bool negates(OpReader& r) {
  const auto y = r.value("y");
  if (!y || !(*y)->constant || (*y)->constant->type.shape.rank() != 0) return false;
  const auto factor = r.real("y");
  return factor && *factor == -1;
}

}  // namespace

Status write_add(NodeWriter& w) { return write_binary(w, "add"); }
Status write_sub(NodeWriter& w) { return write_binary(w, "sub"); }
Status write_mul(NodeWriter& w) { return write_binary(w, "mul"); }
Status write_div(NodeWriter& w) { return write_binary(w, "real_div"); }
Status write_maximum(NodeWriter& w) { return write_binary(w, "maximum"); }
Status write_minimum(NodeWriter& w) { return write_binary(w, "minimum"); }

Status write_neg(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const Var factor = x.type == MilType::kI32 ? w.block().integer(-1) : w.number(-1);
  return w.out("mul", {{"x", {x}}, {"y", {factor}}});
}

Status read_binary(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* x, r.value("x"));
  PAW_ASSIGN_OR_RETURN(const ProgramValue* y, r.value("y"));
  PAW_ASSIGN_OR_RETURN(const Shape a, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const Shape b, r.shape("y"));
  // The order of the computed operand with most axes.
  const bool second = x->constant != nullptr || (y->constant == nullptr && b.rank() > a.rank());
  AxisOrder order = second ? y->order : x->order;
  const int rank = std::max(a.rank(), b.rank());
  if (order.rank() != rank) order = AxisOrder(rank);
  if (r.type() == "mul" && !second && negates(r)) {
    PAW_ASSIGN_OR_RETURN(const ValueId value, r.in("x", order));
    return r.result(r.call(op::neg, {value}), order);
  }
  PAW_ASSIGN_OR_RETURN(const ValueId left, operand(r, "x", order));
  PAW_ASSIGN_OR_RETURN(const ValueId right, operand(r, "y", order));
  const auto* pair = std::ranges::find(kBinary, r.type(), &MilOp::mil);
  return r.result(r.call(*pair->op, {left, right}), order);
}

}  // namespace paw::coreml::program
