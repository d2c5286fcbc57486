// sgd, adam and adamw: one step each, in place where nobody else reads the old state.
#include "lower/lowering.h"
#include "ops/ops.h"
#include "ops/training.h"
#include "runtime/steps.h"

namespace paw {

Status lower_sgd(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const auto& a = node.attrs.as<SgdAttrs>();
  const SgdF32 params{.count = lowering.graph().type(node.inputs[0]).shape.elements(),
                      .momentum = static_cast<float>(a.momentum),
                      .weight_decay = static_cast<float>(a.weight_decay),
                      .nesterov = a.nesterov ? 1 : 0};
  const auto in = [&](std::size_t i) { return lowering.buffer(node.inputs[i]); };
  const auto out = [&](std::size_t i) { return lowering.buffer(node.outputs[i]); };
  lowering.step(step::sgd_f32, params, {in(0), in(2), in(1), in(3)}, {out(0), out(1)}, node);
  return {};
}

Status lower_adam(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const auto& a = node.attrs.as<AdamAttrs>();
  const AdamF32 params{.count = lowering.graph().type(node.inputs[0]).shape.elements(),
                       .beta1 = a.beta1,
                       .beta2 = a.beta2,
                       .epsilon = static_cast<float>(a.epsilon),
                       .weight_decay = static_cast<float>(a.weight_decay),
                       .decoupled = node.op == &op::adamw ? 1 : 0};
  const auto in = [&](std::size_t i) { return lowering.buffer(node.inputs[i]); };
  const auto out = [&](std::size_t i) { return lowering.buffer(node.outputs[i]); };
  lowering.step(step::adam_f32, params, {in(0), in(2), in(3), in(1), in(4), in(5)}, {out(0), out(1), out(2)}, node);
  return {};
}

}  // namespace paw
