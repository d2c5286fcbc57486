// Batch norm, forward and backward, and the clamp_grad that its backward passes do by themselves: the bounds of y are
// tested on y made again from x, which they read anyway, instead of in a pass over dy.
#include <optional>

#include "lower/lowering.h"
#include "ops/activation.h"
#include "ops/batch_norm.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

Status lower_binary(Lowering& lowering, const Node& node);

namespace {

BatchNormF32 params_of(const Node& node, const Shape& x) {
  const std::int64_t channels = x.back();
  return {.rows = x.elements() / channels,
          .channels = static_cast<std::int32_t>(channels),
          .unit_rows = static_cast<std::int32_t>(norm_chunk_rows(channels)),
          .epsilon = static_cast<float>(node.attrs.as<BatchNormAttrs>().epsilon)};
}

BufferId floats(Lowering& lowering, std::int64_t count) {
  return lowering.temporary(static_cast<std::uint64_t>(count) * sizeof(float));
}

// scale / sqrt(variance + epsilon) of the inference op.
BufferId gain_of(Lowering& lowering, const Node& node, const BatchNormF32& p) {
  BinaryF32 per_channel{.op = BinaryOp::kAdd};
  per_channel.extents[kBinaryAxes - 1] = p.channels;
  per_channel.a[kBinaryAxes - 1] = 1;
  AlignedBuffer epsilon(sizeof(float));
  std::memcpy(epsilon.data(), &p.epsilon, sizeof(float));
  const BufferId shifted = floats(lowering, p.channels), root = floats(lowering, p.channels);
  lowering.step(step::binary_f32, per_channel,
                {lowering.buffer(node.inputs[4]), lowering.constant(Bytes(std::move(epsilon)))}, {shifted}, node);
  lowering.step(step::unary_f32, UnaryF32{.count = p.channels, .op = UnaryOp::kSqrt}, {shifted}, {root}, node);
  per_channel.op = BinaryOp::kDiv;
  per_channel.b[kBinaryAxes - 1] = 1;
  const BufferId gain = floats(lowering, p.channels);
  lowering.step(step::binary_f32, per_channel, {lowering.buffer(node.inputs[1]), root}, {gain}, node);
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

// The clamp_grad in front of a batch_norm_training_grad that needs no pass of its own, and the forward pass that made
// what its bounds are for.
struct Masking {
  const Node* clamp_grad;
  const Node* forward;
};

std::optional<Masking> masking_of(const Lowering& lowering, const Node& grad) {
  const Node* mask = lowering.producer(grad.inputs[0]);
  if (mask == nullptr || mask->op != &op::clamp_grad || lowering.only_reader(grad.inputs[0]) != &grad) return {};
  const auto& attrs = mask->attrs.as<ClampAttrs>();
  const Bounds bounds{static_cast<float>(attrs.min), static_cast<float>(attrs.max)};
  ValueId y = mask->inputs[1];
  const Node* forward = lowering.producer(y);
  if (forward != nullptr && clamp_bounds(*forward) == bounds) {
    y = forward->inputs[0];
    forward = lowering.producer(y);
  }
  if (forward == nullptr || forward->op != &op::batch_norm_training || forward->outputs[0] != y) return {};
  if (forward->inputs[0] != grad.inputs[1] || forward->outputs[1] != grad.inputs[3]) return {};
  return Masking{mask, forward};
}

}  // namespace

Status lower_batch_norm(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const BatchNormF32 p = params_of(node, lowering.graph().type(node.inputs[0]).shape);
  const BufferId gain = gain_of(lowering, node, p);
  apply(lowering, node, p, lowering.buffer(node.inputs[3]), gain);
  return {};
}

// Leaves its gain beside its mean, for the mask of the backward passes.
Status lower_batch_norm_training(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const BatchNormF32 p = params_of(node, lowering.graph().type(node.inputs[0]).shape);
  const BufferId partials = floats(lowering, norm_partial_floats(p.rows, p.channels));
  const BufferId mean = lowering.buffer(node.outputs[1]), gain = floats(lowering, p.channels);
  lowering.step(step::bn_stats_f32, p, {lowering.buffer(node.inputs[0])}, {partials}, node);
  lowering.step(step::bn_finish_f32, p, {partials, lowering.buffer(node.inputs[1])},
                {mean, lowering.buffer(node.outputs[2]), gain}, node);
  lowering.keep(node.outputs[1], gain);
  apply(lowering, node, p, mean, gain);
  return {};
}

Status lower_batch_norm_training_grad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  BatchNormF32 p = params_of(node, lowering.graph().type(node.inputs[0]).shape);
  const auto masking = masking_of(lowering, node);
  BufferId dy = lowering.buffer(masking ? masking->clamp_grad->inputs[0] : node.inputs[0]), gain, offset;
  if (masking) {
    const auto& bounds = masking->clamp_grad->attrs.as<ClampAttrs>();
    p.masked = 1;
    p.min = static_cast<float>(bounds.min);
    p.max = static_cast<float>(bounds.max);
    gain = lowering.kept(node.inputs[3]);
    offset = lowering.buffer(masking->forward->inputs[2]);
  }
  const BufferId x = lowering.buffer(node.inputs[1]), mean = lowering.buffer(node.inputs[3]);
  const BufferId partials = floats(lowering, norm_partial_floats(p.rows, p.channels));
  const BufferId factors = floats(lowering, 3 * static_cast<std::int64_t>(p.channels));
  lowering.step(step::bn_grad_stats_f32, p, {dy, x, mean, gain, offset}, {partials}, node);
  lowering.step(step::bn_grad_finish_f32, p,
                {partials, lowering.buffer(node.inputs[2]), lowering.buffer(node.inputs[4])},
                {lowering.buffer(node.outputs[1]), lowering.buffer(node.outputs[2]), factors}, node);
  lowering.step(step::bn_grad_apply_f32, p, {dy, x, mean, factors, gain, offset}, {lowering.buffer(node.outputs[0])},
                node);
  return {};
}

Status lower_clamp_grad(Lowering& lowering, const Node& node) {
  const Node* reader = lowering.only_reader(node.outputs[0]);
  if (reader != nullptr && reader->op == &op::batch_norm_training_grad && masking_of(lowering, *reader)) return {};
  return lower_binary(lowering, node);
}

}  // namespace paw
