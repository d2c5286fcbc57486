// Activations with parameters. hard_swish is x * sigmoid_hard(x), log_softmax the logarithm of a softmax.
#include <cmath>

#include "formats/coreml/axes.h"
#include "formats/coreml/program/rules.h"
#include "ops/activation.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

// As near to 1/6 as the program's numbers allow, whichever type they were read from.
bool is_sixth(double value) { return std::abs(value - 1.0 / 6) < 1e-4; }

std::vector<Input> hard(NodeWriter& w, const Var& x) {
  return {{"x", {x}}, {"alpha", {w.number(1.0 / 6)}}, {"beta", {w.number(0.5)}}};
}

}  // namespace

Status write_clamp(NodeWriter& w) {
  const auto& a = w.attrs<ClampAttrs>();
  if (!is_float(w.out_type().dtype)) return w.refuse("computes " + w.out_type().text() + ", which MIL cannot");
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  if (std::isinf(a.min) && std::isinf(a.max)) return w.out("identity", {{"x", {x}}});
  if (std::isinf(a.max)) return w.out("maximum", {{"x", {x}}, {"y", {w.number(a.min)}}});
  if (std::isinf(a.min)) return w.out("minimum", {{"x", {x}}, {"y", {w.number(a.max)}}});
  return w.out("clip", {{"x", {x}}, {"alpha", {w.number(a.min)}}, {"beta", {w.number(a.max)}}});
}

Status read_clip(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  ClampAttrs attrs;
  PAW_ASSIGN_OR_RETURN(attrs.min, r.real("alpha"));
  PAW_ASSIGN_OR_RETURN(attrs.max, r.real("beta"));
  return r.result(r.call(op::clamp, {x}, attrs), order);
}

Status write_leaky_relu(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  return w.out("leaky_relu", {{"x", {x}}, {"alpha", {w.number(w.attrs<LeakyReluAttrs>().alpha)}}});
}

Status read_leaky_relu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const double alpha, r.real("alpha", 0.01));
  return r.result(r.call(op::leaky_relu, {x}, LeakyReluAttrs{alpha}), order);
}

// A slope per channel: max(x, 0) + alpha * min(x, 0).
Status read_prelu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const Shape slopes, r.shape("alpha"));
  if (shape.rank() != 4 || slopes.rank() != 1) return r.refuse("only slopes per channel of images are supported");
  const AxisOrder order = AxisOrder::home(4);
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const ValueId alpha, r.weights("alpha", kVector));
  const ValueId below = r.call(op::minimum, {x, r.scalar(0)});
  return r.result(r.call(op::add, {r.call(op::relu, {x}), r.call(op::mul, {below, alpha})}), order);
}

Status write_hard_sigmoid(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  return w.out("sigmoid_hard", hard(w, x));
}

Status write_hard_swish(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const Var gate = w.step("sigmoid_hard", hard(w, x), x.shape);
  return w.out("mul", {{"x", {x}}, {"y", {gate}}});
}

Status read_sigmoid_hard(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const double alpha, r.real("alpha", 0.2));
  PAW_ASSIGN_OR_RETURN(const double beta, r.real("beta", 0.5));
  if (is_sixth(alpha) && beta == 0.5) return r.result(r.call(op::hard_sigmoid, {x}), order);
  const ValueId line = r.call(op::add, {r.call(op::mul, {x, r.scalar(alpha)}), r.scalar(beta)});
  return r.result(r.call(op::clamp, {line}, ClampAttrs{0, 1}), order);
}

Status write_gelu(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const char* mode = w.attrs<GeluAttrs>().approximate ? "TANH_APPROXIMATION" : "EXACT";
  return w.out("gelu", {{"x", {x}}, {"mode", {w.block().text(mode)}}});
}

Status read_gelu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::string mode, r.text("mode", "EXACT"));
  if (mode == "SIGMOID_APPROXIMATION") {
    const ValueId gate = r.call(op::sigmoid, {r.call(op::mul, {x, r.scalar(1.702)})});
    return r.result(r.call(op::mul, {x, gate}), order);
  }
  if (mode != "EXACT" && mode != "TANH_APPROXIMATION") return r.refuse("its mode is not known");
  return r.result(r.call(op::gelu, {x}, GeluAttrs{mode != "EXACT"}), order);
}

namespace {

// The softmax of a node's operand, along its axis.
Result<std::vector<Input>> softmax_inputs(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const int rank = x.shape.rank();
  const std::int64_t axis = w.attrs<SoftmaxAttrs>().axis;
  const int file = AxisOrder::home(rank).file_axis(static_cast<int>(axis < 0 ? axis + rank : axis));
  return std::vector<Input>{{"x", {x}}, {"axis", {w.block().integer(file == rank - 1 ? -1 : file)}}};
}

}  // namespace

Status write_softmax(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Input> inputs, softmax_inputs(w));
  return w.out("softmax", inputs);
}

Status write_log_softmax(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Input> inputs, softmax_inputs(w));
  const Var p = w.step("softmax", inputs, inputs[0].values[0].shape);
  return w.out("log", {{"x", {p}}, {"epsilon", {w.number(0)}}});
}

Status read_softmax(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  PAW_ASSIGN_OR_RETURN(const std::int64_t stated, r.integer("axis", -1));
  PAW_ASSIGN_OR_RETURN(const int axis, r.axis(stated, order.rank()));
  const int graph = order[axis];
  return r.result(r.call(op::softmax, {x}, SoftmaxAttrs{graph == order.rank() - 1 ? -1 : graph}), order);
}

}  // namespace paw::coreml::program
