// Elementwise functions of 8-bit tensors, quantize and dequantize.
#include <algorithm>
#include <cmath>

#include "kernels/quant/binary_i8.h"
#include "kernels/quant/convert_i8.h"
#include "lower/ops/elementwise.h"
#include "lower/quant/tables.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

struct Operands {
  ByteTensor a, b, y;
};

// XNNPACK's: both factors as integers of 21 bits at most, one shift. False: the scales are too far apart for it.
bool set_shifted_add(const Operands& o, bool subtract, BinaryI8& p) {
  const float a = o.a.scale / o.y.scale, b = o.b.scale / o.y.scale;
  for (const float factor : {a, b}) {
    if (factor < 1.0f / 1024 || factor >= 256.0f) return false;
  }
  const int shift = 20 - std::ilogb(std::max(a, b));
  p.op = BinaryI8Op::kAddShifted;
  p.shift = shift;
  p.a_multiplier = static_cast<std::int32_t>(std::lrint(std::ldexp(a, shift)));
  p.b_multiplier = static_cast<std::int32_t>(std::lrint(std::ldexp(b, shift)));
  if (subtract) p.b_multiplier = -p.b_multiplier;
  p.bias = wrapped((std::int64_t{1} << (shift - 1)) - std::int64_t{p.a_multiplier} * o.a.zero -
                   std::int64_t{p.b_multiplier} * o.b.zero);
  return true;
}

// TensorFlow Lite's: both operands at twice the larger scale with 20 bits more, then to the scale of y.
Status set_double_add(const Node& node, const Operands& o, bool subtract, BinaryI8& p) {
  constexpr int kBits = 20;
  const double twice = 2 * static_cast<double>(std::max(o.a.scale, o.b.scale));
  const FixedScale a = fixed_scale(o.a.scale / twice), b = fixed_scale(o.b.scale / twice);
  const FixedScale y = fixed_scale(twice / ((1 << kBits) * static_cast<double>(o.y.scale)));
  if (y.shift > 0) return unsupported(node, "its result's scale is too small for fixed point");
  p.op = BinaryI8Op::kAddTwice;
  p.shift = kBits;
  p.a_multiplier = a.multiplier;
  p.a_shift = -a.shift;
  p.b_multiplier = subtract ? -b.multiplier : b.multiplier;
  p.b_shift = -b.shift;
  p.y_scale = y.multiplier;
  p.y_shift = -y.shift;
  return {};
}

void set_mul(const Operands& o, Rounding rounding, BinaryI8& p) {
  const float factor = o.a.scale * o.b.scale / o.y.scale;
  const bool as_float = rounding == Rounding::kFloat && factor >= 1.0f / 65536 && factor < 256.0f;
  const StoredScale s = as_float ? stored_float(factor) : stored_fixed(factor);
  p.op = BinaryI8Op::kMul;
  p.way = as_float ? Requantise::kFloat : Requantise::kDouble;
  p.y_scale = s.scale;
  p.y_shift = s.shift;
}

Status set_arithmetic(Lowering& lowering, const Node& node, const Operands& o, BinaryI8& p) {
  if (node.op == &op::mul) {
    set_mul(o, lowering.rounding(), p);
    return {};
  }
  const bool subtract = node.op == &op::sub;
  if (lowering.rounding() == Rounding::kFloat && set_shifted_add(o, subtract, p)) return {};
  return set_double_add(node, o, subtract, p);
}

}  // namespace

Status lower_quant_binary(Lowering& lowering, const Node& node) {
  Operands o;
  PAW_ASSIGN_OR_RETURN(o.a, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(o.b, byte_tensor(lowering, node, node.inputs[1]));
  PAW_ASSIGN_OR_RETURN(o.y, byte_tensor(lowering, node, node.outputs[0]));
  BinaryI8 p{.grid = binary_grid(lowering.graph(), node),
             .y = o.y.all(),
             .is_signed = o.y.is_signed ? 1 : 0,
             .a_zero = o.a.zero,
             .b_zero = o.b.zero};
  ValueId result = node.outputs[0];
  if (node.op == &op::maximum || node.op == &op::minimum) {
    p.op = node.op == &op::maximum ? BinaryI8Op::kMaximum : BinaryI8Op::kMinimum;
    if (!(o.a == o.b) || !(o.a == o.y)) return unsupported(node, "the engine compares at one scale");
  } else {
    PAW_RETURN_IF_ERROR(set_arithmetic(lowering, node, o, p));
    const ByteResult clamped = take_byte_clamp(lowering, node, o.y);
    p.y = clamped.q;
    result = clamped.value;
  }
  lowering.step(step::binary_i8, p, {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1])},
                {lowering.buffer(result)}, node);
  return {};
}

namespace {

struct UnaryOperands {
  ByteTensor x, y;
};

Result<UnaryOperands> unary_operands(const Lowering& lowering, const Node& node) {
  UnaryOperands o;
  PAW_ASSIGN_OR_RETURN(o.x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(o.y, byte_tensor(lowering, node, node.outputs[0]));
  return o;
}

Status emit_table(Lowering& lowering, const Node& node, const ByteTable& table) {
  const LookupI8 p{.count = lowering.graph().type(node.outputs[0]).shape.elements()};
  const BufferId stored = lowering.constant(Bytes::copy_of(std::as_bytes(std::span(table))));
  lowering.step(step::lookup_i8, p, {lowering.buffer(node.inputs[0]), stored}, {lowering.buffer(node.outputs[0])},
                node);
  return {};
}

}  // namespace

Status lower_quant_clamp(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const UnaryOperands o, unary_operands(lowering, node));
  // Both runtimes use the same kernel for a clamp by itself.
  const Quantised range = clamped_range(o.y, *clamp_bounds(node), Rounding::kFixedPoint);
  return emit_table(lowering, node, rescaled_table(o.x, o.y, range, Rounding::kFixedPoint));
}

Status lower_quant_leaky_relu(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const UnaryOperands o, unary_operands(lowering, node));
  const auto alpha = static_cast<float>(node.attrs.as<LeakyReluAttrs>().alpha);
  return emit_table(lowering, node, leaky_relu_table(o.x, o.y, alpha, lowering.rounding()));
}

Status lower_quant_hard_swish(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const UnaryOperands o, unary_operands(lowering, node));
  PAW_ASSIGN_OR_RETURN(const ByteTable table, hard_swish_table(node, o.x, o.y));
  return emit_table(lowering, node, table);
}

Status lower_quant_real(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const UnaryOperands o, unary_operands(lowering, node));
  return emit_table(lowering, node, real_table(node, o.x, o.y));
}

Status lower_quantize(Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  PAW_ASSIGN_OR_RETURN(const ByteTensor y, byte_tensor(lowering, node, node.outputs[0]));
  if (x.quant) {
    PAW_ASSIGN_OR_RETURN(const ByteTensor from, byte_tensor(lowering, node, node.inputs[0]));
    return emit_table(lowering, node, rescaled_table(from, y, y.all(), lowering.rounding()));
  }
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const bool as_float = lowering.rounding() == Rounding::kFloat;
  const QuantiseI8 p{.count = x.shape.elements(),
                     .y = y.all(),
                     .way = as_float ? Requantise::kFloat : Requantise::kDouble,
                     .scale = as_float ? 1.0f / y.scale : y.scale};
  lowering.step(step::quantise_i8, p, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_dequantize(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.outputs[0]));
  const DequantiseI8 p{.count = lowering.graph().type(node.outputs[0]).shape.elements(),
                       .zero = x.zero,
                       .is_signed = x.is_signed ? 1 : 0,
                       .scale = x.scale};
  lowering.step(step::dequantise_i8, p, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace paw
