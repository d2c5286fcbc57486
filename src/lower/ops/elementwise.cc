// Functions of one or two operands, element by element: relu to erf become unary_f32, add to hard_swish_grad
// binary_f32.
#include "lower/ops/elementwise.h"

#include <algorithm>
#include <limits>

#include "ops/activation.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Params of the one-operand ops that need more than their code.
UnaryF32 with_attributes(const Node& node, UnaryF32 p) {
  if (const auto* clamp = node.attrs.get_if<ClampAttrs>()) {
    p.a = static_cast<float>(clamp->min);
    p.b = static_cast<float>(clamp->max);
  } else if (const auto* leaky = node.attrs.get_if<LeakyReluAttrs>()) {
    p.a = static_cast<float>(leaky->alpha);
  } else if (const auto* gelu = node.attrs.get_if<GeluAttrs>()) {
    p.op = gelu->approximate ? UnaryOp::kGeluTanh : UnaryOp::kGelu;
  }
  return p;
}

struct UnaryEntry {
  const OpDef* op;
  UnaryF32 params;
};

constexpr UnaryEntry kUnary[] = {
    {&op::relu, {.op = UnaryOp::kClamp, .a = 0.0f, .b = kInfinity}},
    {&op::relu6, {.op = UnaryOp::kClamp, .a = 0.0f, .b = 6.0f}},
    {&op::clamp, {.op = UnaryOp::kClamp}},
    {&op::leaky_relu, {.op = UnaryOp::kLeakyRelu}},
    {&op::sigmoid, {.op = UnaryOp::kSigmoid}},
    {&op::hard_sigmoid, {.op = UnaryOp::kHardSigmoid}},
    {&op::silu, {.op = UnaryOp::kSilu}},
    {&op::hard_swish, {.op = UnaryOp::kHardSwish}},
    {&op::tanh, {.op = UnaryOp::kTanh}},
    {&op::gelu, {.op = UnaryOp::kGelu}},
    {&op::exp, {.op = UnaryOp::kExp}},
    {&op::log, {.op = UnaryOp::kLog}},
    {&op::sqrt, {.op = UnaryOp::kSqrt}},
    {&op::rsqrt, {.op = UnaryOp::kRsqrt}},
    {&op::square, {.op = UnaryOp::kSquare}},
    {&op::abs, {.op = UnaryOp::kAbs}},
    {&op::neg, {.op = UnaryOp::kNeg}},
    {&op::sign, {.op = UnaryOp::kSign}},
    {&op::round, {.op = UnaryOp::kRound}},
    {&op::erf, {.op = UnaryOp::kErf}},
};

struct BinaryEntry {
  const OpDef* op;
  BinaryOp code;
};

constexpr BinaryEntry kBinary[] = {
    {&op::add, BinaryOp::kAdd},
    {&op::sub, BinaryOp::kSub},
    {&op::mul, BinaryOp::kMul},
    {&op::div, BinaryOp::kDiv},
    {&op::maximum, BinaryOp::kMaximum},
    {&op::minimum, BinaryOp::kMinimum},
    {&op::clamp_grad, BinaryOp::kClampGrad},
    {&op::hard_swish_grad, BinaryOp::kHardSwishGrad},
};

// Strides of an operand that broadcasts to `result`, 0 along repeated axes, right-aligned.
void broadcast_strides(const Shape& operand, const Shape& result, std::int64_t (&strides)[kBinaryAxes]) {
  static_assert(kBinaryAxes == kMaxRank);
  const auto own = strides_of(operand);
  for (int i = 1; i <= operand.rank(); ++i) {
    const int axis = operand.rank() - i;
    const bool repeated = operand[axis] == 1 && result[result.rank() - i] != 1;
    strides[kBinaryAxes - i] = repeated ? 0 : own[static_cast<std::size_t>(axis)];
  }
}

// How often to repeat a small constant per channel so that rows of few channels become long ones: the three channels
// of an image need not run as rows of three. 1: not at all.
std::int64_t repetitions(const BinaryF32& p, const std::int64_t (&whole)[kBinaryAxes],
                         const std::int64_t (&small)[kBinaryAxes]) {
  constexpr std::int64_t kShort = 32, kLong = 256;
  constexpr int kRows = kBinaryAxes - 2, kColumns = kBinaryAxes - 1;
  const std::int64_t columns = p.extents[kColumns], rows = p.extents[kRows];
  const bool per_channel = small[kRows] == 0 && small[kColumns] == 1 && whole[kRows] == columns && whole[kColumns] == 1;
  if (!per_channel || columns > kShort || elements(p) != rows * columns) return 1;
  std::int64_t times = kLong / columns;
  while (rows % times != 0) --times;
  return times;
}

Bytes repeat(const Bytes& constant, std::int64_t times) {
  AlignedBuffer out(constant.size() * static_cast<std::size_t>(times));
  for (std::size_t at = 0; at < out.size(); at += constant.size()) {
    std::memcpy(out.data() + at, constant.data(), constant.size());
  }
  return Bytes(std::move(out));
}

// The buffer of operand `i`; lengthens the rows of `p` when that operand is a short constant.
BufferId operand(Lowering& lowering, const Node& node, std::size_t i, BinaryF32& p) {
  const ValueId id = node.inputs[i];
  if (!lowering.graph().is_constant(id)) return lowering.buffer(id);
  auto& whole = i == 0 ? p.b : p.a;
  const std::int64_t times = repetitions(p, whole, i == 0 ? p.a : p.b);
  if (times == 1) return lowering.buffer(id);
  p.extents[kBinaryAxes - 2] /= times;
  p.extents[kBinaryAxes - 1] *= times;
  whole[kBinaryAxes - 2] *= times;
  return lowering.constant(repeat(*lowering.graph()[id].constant, times));
}

}  // namespace

BinaryF32 binary_grid(const Graph& graph, const Node& node) {
  const Shape& y = graph.type(node.outputs[0]).shape;
  BinaryF32 params;
  for (int i = 1; i <= y.rank(); ++i) params.extents[kBinaryAxes - i] = y[y.rank() - i];
  broadcast_strides(graph.type(node.inputs[0]).shape, y, params.a);
  broadcast_strides(graph.type(node.inputs[1]).shape, y, params.b);
  return joined(params);
}

Status lower_unary(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const auto* entry = std::ranges::find(kUnary, node.op, &UnaryEntry::op);
  if (entry == std::end(kUnary)) return unsupported(node, "the engine does not run this function");
  UnaryF32 params = with_attributes(node, entry->params);
  params.count = lowering.graph().type(node.outputs[0]).shape.elements();
  lowering.step(step::unary_f32, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_binary(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const auto* entry = std::ranges::find(kBinary, node.op, &BinaryEntry::op);
  if (entry == std::end(kBinary)) return unsupported(node, "the engine does not run this function");
  BinaryF32 params = binary_grid(lowering.graph(), node);
  params.op = entry->code;
  ValueId result = node.outputs[0];
  if (const auto* bounds = node.attrs.get_if<ClampAttrs>()) {
    params.min = static_cast<float>(bounds->min);
    params.max = static_cast<float>(bounds->max);
  } else if (entry->code <= BinaryOp::kDiv) {
    const FusedClamp clamp = lowering.take_clamp(result);
    params.min = clamp.min;
    params.max = clamp.max;
    result = clamp.result;
  }
  const BufferId a = operand(lowering, node, 0, params);
  const BufferId b = operand(lowering, node, 1, params);
  lowering.step(step::binary_f32, params, {a, b}, {lowering.buffer(result)}, node);
  return {};
}

}  // namespace paw
