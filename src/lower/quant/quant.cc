#include "lower/quant/quant.h"

#include <bit>
#include <cmath>

namespace paw {

bool is_byte_tensor(const TensorType& type) {
  const bool byte = type.dtype == DType::kI8 || type.dtype == DType::kU8;
  return byte && type.quant && type.quant->axis < 0 && type.quant->block == 0;
}

Result<ByteTensor> byte_tensor(const Lowering& lowering, const Node& node, ValueId operand) {
  const TensorType& type = lowering.graph().type(operand);
  if (!is_byte_tensor(type)) {
    return unsupported(node, "the engine's integer steps take i8 and u8 with one scale, got " + type.text());
  }
  return ByteTensor{type.dtype == DType::kI8, type.quant->scale[0], type.quant->zero_point[0]};
}

Result<ByteTensor> same_byte_tensor(const Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(const ByteTensor y, byte_tensor(lowering, node, node.outputs[0]));
  if (!(x == y)) {
    return unsupported(node,
                       "the engine computes this op at one scale, got " + lowering.graph().type(node.inputs[0]).text() +
                           " and " + lowering.graph().type(node.outputs[0]).text(),
                       "put a quantize in front that changes the scale");
  }
  return x;
}

bool is_quantised(const Graph& graph, const Node& node) {
  const auto has_quant = [&](ValueId v) { return v.valid() && graph.type(v).quant != nullptr; };
  return (!node.inputs.empty() && has_quant(node.inputs[0])) || (!node.outputs.empty() && has_quant(node.outputs[0]));
}

namespace {

// Where a finite bound lies among the stored numbers.
std::int32_t stored_bound(const ByteTensor& y, float bound, Rounding rounding) {
  const float steps = bound / y.scale;
  const auto zero = static_cast<float>(y.zero);
  const float at = rounding == Rounding::kFloat ? std::nearbyint(steps + zero) : std::round(steps) + zero;
  if (at <= static_cast<float>(y.lowest())) return y.lowest();
  return at >= static_cast<float>(y.highest()) ? y.highest() : static_cast<std::int32_t>(at);
}

}  // namespace

Quantised clamped_range(const ByteTensor& y, Bounds bounds, Rounding rounding) {
  Quantised q = y.all();
  if (std::isfinite(bounds.min)) q.min = stored_bound(y, bounds.min, rounding);
  if (std::isfinite(bounds.max)) q.max = stored_bound(y, bounds.max, rounding);
  return q;
}

ByteResult take_byte_clamp(Lowering& lowering, const Node& node, const ByteTensor& y) {
  const ValueId own = node.outputs[0];
  const Node* reader = lowering.only_reader(own);
  if (reader == nullptr || !clamp_bounds(*reader)) return {y.all(), own};
  if (!(lowering.graph().type(reader->outputs[0]) == lowering.graph().type(own))) return {y.all(), own};
  const FusedClamp clamp = lowering.take_clamp(own);
  return {clamped_range(y, {clamp.min, clamp.max}, lowering.rounding()), clamp.result};
}

StoredScale stored_float(float factor) { return {std::bit_cast<std::int32_t>(factor), 0}; }

StoredScale stored_real(double factor) {
  const auto bits = std::bit_cast<std::uint64_t>(factor);
  return {static_cast<std::int32_t>(bits & 0xFFFFFFFF), static_cast<std::int32_t>(bits >> 32)};
}

StoredScale stored_fixed(double factor) {
  const FixedScale s = fixed_scale(factor);
  return {s.multiplier, s.shift};
}

}  // namespace paw
