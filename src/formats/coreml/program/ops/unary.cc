// Ops of one operand and no parameters, whose axes may stand in any order; cast and identity.
#include <algorithm>

#include "formats/coreml/program/rules.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

constexpr MilOp kUnary[] = {
    {"abs", &op::abs},         {"sign", &op::sign}, {"square", &op::square}, {"sqrt", &op::sqrt}, {"rsqrt", &op::rsqrt},
    {"exp", &op::exp},         {"log", &op::log},   {"erf", &op::erf},       {"relu", &op::relu}, {"relu6", &op::relu6},
    {"sigmoid", &op::sigmoid}, {"silu", &op::silu}, {"tanh", &op::tanh}};

Status write_unary(NodeWriter& w, std::string_view op, bool integers = false) {
  const DType dtype = w.out_type().dtype;
  if (!is_float(dtype) && !(integers && dtype == DType::kI32)) {
    return w.refuse("computes " + w.out_type().text() + ", which MIL cannot");
  }
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  return w.out(op, {{"x", {x}}});
}

// The op adds a small number to x unless told not to.
Status write_with_epsilon(NodeWriter& w, std::string_view op) {
  if (!is_float(w.out_type().dtype)) return w.refuse("computes " + w.out_type().text() + ", which MIL cannot");
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  return w.out(op, {{"x", {x}}, {"epsilon", {w.number(0)}}});
}

}  // namespace

Status write_abs(NodeWriter& w) { return write_unary(w, "abs", true); }
Status write_sign(NodeWriter& w) { return write_unary(w, "sign", true); }
Status write_square(NodeWriter& w) { return write_unary(w, "square", true); }
Status write_sqrt(NodeWriter& w) { return write_unary(w, "sqrt"); }
Status write_rsqrt(NodeWriter& w) { return write_with_epsilon(w, "rsqrt"); }
Status write_exp(NodeWriter& w) { return write_unary(w, "exp"); }
Status write_log(NodeWriter& w) { return write_with_epsilon(w, "log"); }
Status write_erf(NodeWriter& w) { return write_unary(w, "erf"); }
Status write_relu(NodeWriter& w) { return write_unary(w, "relu"); }
Status write_relu6(NodeWriter& w) { return write_unary(w, "relu6"); }
Status write_sigmoid(NodeWriter& w) { return write_unary(w, "sigmoid"); }
Status write_silu(NodeWriter& w) { return write_unary(w, "silu"); }
Status write_tanh(NodeWriter& w) { return write_unary(w, "tanh"); }

Status read_unary(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(ValueId x, r.in("x", order));
  if (r.type() == "rsqrt" || r.type() == "log") {
    PAW_ASSIGN_OR_RETURN(const double epsilon, r.real("epsilon", r.type() == "log" ? 1e-45 : 1e-12));
    if (epsilon > 1e-37) x = r.call(op::add, {x, r.scalar(epsilon)});
  }
  const auto* pair = std::ranges::find(kUnary, r.type(), &MilOp::mil);
  return r.result(r.call(*pair->op, {x}), order);
}

Status write_cast(NodeWriter& w) {
  const DType from = w.type(0).dtype, to = w.out_type().dtype;
  static constexpr DType kHeld[] = {DType::kF32, DType::kF16, DType::kI32, DType::kBool};
  const auto held = [](DType d) { return std::ranges::find(kHeld, d) != std::end(kHeld); };
  if (!held(from) || !held(to))
    return w.refuse("casts " + w.type(0).text() + " to " + w.out_type().text() + ", which MIL cannot");
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const MilType type = is_float(to) ? w.real() : *mil_type(to);
  if (x.type == type) return w.is(x, true);
  return w.out("cast", {{"x", {x}}, {"dtype", {w.block().text(name(type))}}});
}

Status read_cast(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::string dtype, r.text("dtype"));
  const bool real = dtype == "fp16" || dtype == "fp32";
  if (!real && dtype != "int32" && dtype != "bool") return r.refuse("casts to something that is not supported");
  // float16 and float32 are both f32 in the graph.
  const DType to = real ? DType::kF32 : dtype == "bool" ? DType::kBool : DType::kI32;
  if (r.builder().type(x).dtype == to) return r.result(x, order);
  return r.result(r.call(op::cast, {x}, DtypeAttrs{to}), order);
}

Status read_identity(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  return r.result(x, order);
}

}  // namespace paw::coreml::program
