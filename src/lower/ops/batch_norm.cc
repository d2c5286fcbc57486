// Batch norm, forward and backward, and the clamp_grad that its backward passes do by themselves: the bounds of y are
// tested on y made again from x, which they read anyway, instead of in a pass over dy.
#include <algorithm>

#include "lower/lowering.h"
#include "ops/activation.h"
#include "ops/batch_norm.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

Status lower_binary(Lowering& lowering, const Node& node);

namespace {

BatchNormF32 norm_params(const Node& node, const Shape& x) {
  const std::int64_t channels = x.back();
  return {.rows = x.elements() / channels,
          .channels = static_cast<std::int32_t>(channels),
          .unit_rows = static_cast<std::int32_t>(norm_chunk_rows(channels)),
          .epsilon = static_cast<float>(node.attrs.as<BatchNormAttrs>().epsilon)};
}

BufferId floats(Lowering& lowering, std::int64_t count) {
  return lowering.temporary(static_cast<std::uint64_t>(count) * sizeof(float));
}

// scale / sqrt(variance + epsilon) of the op with constant statistics, or of its gradient.
BufferId gain_of(Lowering& lowering, ValueId scale, ValueId variance, const BatchNormF32& p, const Node& node) {
  BinaryF32 per_channel{.op = BinaryOp::kAdd};
  per_channel.extents[kBinaryAxes - 1] = p.channels;
  per_channel.a[kBinaryAxes - 1] = 1;
  AlignedBuffer epsilon(sizeof(float));
  std::memcpy(epsilon.data(), &p.epsilon, sizeof(float));
  const BufferId shifted = floats(lowering, p.channels), root = floats(lowering, p.channels);
  lowering.step(step::binary_f32, per_channel,
                {lowering.buffer(variance), lowering.constant(Bytes(std::move(epsilon)))}, {shifted}, node);
  lowering.step(step::unary_f32, UnaryF32{.count = p.channels, .op = UnaryOp::kSqrt}, {shifted}, {root}, node);
  per_channel.op = BinaryOp::kDiv;
  per_channel.b[kBinaryAxes - 1] = 1;
  const BufferId gain = floats(lowering, p.channels);
  lowering.step(step::binary_f32, per_channel, {lowering.buffer(scale), root}, {gain}, node);
  return gain;
}

// x to the clamped y; the operands behind it: mean, gain, offset.
void apply(Lowering& lowering, const Node& node, BatchNormF32 p, BufferId mean, BufferId gain) {
  const FusedClamp clamp = lowering.take_clamp(node.outputs[0]);
  p.min = clamp.min;
  p.max = clamp.max;
  lowering.step(step::bn_apply_f32, p, {lowering.buffer(node.inputs[0]), mean, gain, lowering.buffer(node.inputs[2])},
                {lowering.buffer(clamp.result)}, node);
}

bool is_norm_grad(const Node& node) {
  return node.op == &op::batch_norm_grad || node.op == &op::batch_norm_training_grad;
}

// Is `grad` the gradient of `forward`?
bool belong_together(const Node& forward, const Node& grad) {
  if (forward.inputs[0] != grad.inputs[1] || forward.inputs[1] != grad.inputs[2]) return false;
  if (!(forward.attrs == grad.attrs)) return false;
  const bool batch = grad.op == &op::batch_norm_training_grad;
  if (forward.op != (batch ? &op::batch_norm_training : &op::batch_norm)) return false;
  const ValueId mean = batch ? forward.outputs[1] : forward.inputs[3];
  const ValueId variance = batch ? forward.outputs[2] : forward.inputs[4];
  return mean == grad.inputs[3] && variance == grad.inputs[4];
}

// The norm whose gradient this is; null where the graph has none.
const Node* forward_of(const Lowering& lowering, const Node& grad) {
  const std::vector<Node>& nodes = lowering.graph().nodes;
  const auto at = std::ranges::find_if(nodes, [&](const Node& node) { return belong_together(node, grad); });
  return at == nodes.end() ? nullptr : &*at;
}

// The clamp_grad in front of a norm's gradient that needs no pass of its own: its bounds are for what `forward` made.
const Node* mask_of(const Lowering& lowering, const Node& grad, const Node* forward) {
  const Node* mask = lowering.producer(grad.inputs[0]);
  if (forward == nullptr || mask == nullptr || mask->op != &op::clamp_grad ||
      lowering.only_reader(grad.inputs[0]) != &grad)
    return nullptr;
  const auto& attrs = mask->attrs.as<ClampAttrs>();
  const Bounds bounds{static_cast<float>(attrs.min), static_cast<float>(attrs.max)};
  ValueId y = mask->inputs[1];
  const Node* clamp = lowering.producer(y);
  if (clamp != nullptr && clamp_bounds(*clamp) == bounds) y = clamp->inputs[0];
  return forward->outputs[0] == y ? mask : nullptr;
}

}  // namespace

// Both leave their gain beside y, for the backward passes.
Status lower_batch_norm(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const BatchNormF32 p = norm_params(node, lowering.graph().type(node.inputs[0]).shape);
  const BufferId gain = gain_of(lowering, node.inputs[1], node.inputs[4], p, node);
  lowering.keep(node.outputs[0], gain);
  apply(lowering, node, p, lowering.buffer(node.inputs[3]), gain);
  return {};
}

Status lower_batch_norm_training(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const BatchNormF32 p = norm_params(node, lowering.graph().type(node.inputs[0]).shape);
  const BufferId partials = floats(lowering, norm_partial_floats(p.rows, p.channels));
  const BufferId mean = lowering.buffer(node.outputs[1]), gain = floats(lowering, p.channels);
  lowering.step(step::bn_stats_f32, p, {lowering.buffer(node.inputs[0])}, {partials}, node);
  lowering.step(step::bn_finish_f32, p, {partials, lowering.buffer(node.inputs[1])},
                {mean, lowering.buffer(node.outputs[2]), gain}, node);
  lowering.keep(node.outputs[0], gain);
  apply(lowering, node, p, mean, gain);
  return {};
}

// With frozen statistics dx does not wait for the sums: both run in the group that makes dy.
Status lower_batch_norm_grad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  BatchNormF32 p = norm_params(node, lowering.graph().type(node.inputs[0]).shape);
  p.frozen = node.op == &op::batch_norm_grad ? 1 : 0;
  const Node* forward = forward_of(lowering, node);
  const Node* mask = mask_of(lowering, node, forward);
  BufferId gain, offset;
  if (mask != nullptr) {
    const auto& bounds = mask->attrs.as<ClampAttrs>();
    p.masked = 1;
    p.min = static_cast<float>(bounds.min);
    p.max = static_cast<float>(bounds.max);
    offset = lowering.buffer(forward->inputs[2]);
  }
  if (mask != nullptr || p.frozen != 0) {
    gain = forward != nullptr ? lowering.kept(forward->outputs[0])
                              : gain_of(lowering, node.inputs[2], node.inputs[4], p, node);
  }
  const BufferId dy = lowering.buffer(mask != nullptr ? mask->inputs[0] : node.inputs[0]);
  const BufferId x = lowering.buffer(node.inputs[1]), mean = lowering.buffer(node.inputs[3]);
  const BufferId partials = floats(lowering, norm_partial_floats(p.rows, p.channels));
  const BufferId factors = floats(lowering, 3 * static_cast<std::int64_t>(p.channels));
  lowering.step(step::bn_grad_stats_f32, p, {dy, x, mean, gain, offset}, {partials}, node);
  lowering.step(step::bn_grad_finish_f32, p,
                {partials, lowering.buffer(node.inputs[2]), lowering.buffer(node.inputs[4])},
                {lowering.buffer(node.outputs[1]), lowering.buffer(node.outputs[2]), factors}, node);
  lowering.step(step::bn_grad_apply_f32, p, {dy, x, mean, p.frozen != 0 ? BufferId{} : factors, gain, offset},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_clamp_grad(Lowering& lowering, const Node& node) {
  const Node* reader = lowering.only_reader(node.outputs[0]);
  if (reader != nullptr && is_norm_grad(*reader) &&
      mask_of(lowering, *reader, forward_of(lowering, *reader)) != nullptr)
    return {};
  return lower_binary(lowering, node);
}

}  // namespace paw
