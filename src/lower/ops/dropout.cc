// dropout: nothing in inference, a mask in training.
#include "lower/lowering.h"
#include "ops/normalization.h"
#include "runtime/steps.h"

namespace paw {

Status lower_dropout(Lowering& lowering, const Node& node) {
  if (node.inputs.size() < 2 || !node.inputs[1].valid()) {
    lowering.alias(node.outputs[0], node.inputs[0]);
    return {};
  }
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const auto& attrs = node.attrs.as<DropoutAttrs>();
  const DropoutF32 params{.count = x.shape.elements(), .rate = attrs.rate, .stream = attrs.stream};
  lowering.step(step::dropout_f32, params, {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1])},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace paw
