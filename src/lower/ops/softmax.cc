// softmax and log_softmax over any axis, and the cross-entropy.
#include "lower/lowering.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/training.h"
#include "runtime/steps.h"

namespace paw {

Status lower_softmax(Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const std::int64_t given = node.attrs.as<SoftmaxAttrs>().axis;
  const int axis = static_cast<int>(given < 0 ? given + x.shape.rank() : given);
  SoftmaxF32 params{.axis = x.shape[axis], .log = node.op == &op::log_softmax ? 1 : 0};
  for (int i = 0; i < axis; ++i) params.outer *= x.shape[i];
  for (int i = axis + 1; i < x.shape.rank(); ++i) params.inner *= x.shape[i];
  lowering.step(step::softmax_f32, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_cross_entropy(Lowering& lowering, const Node& node) {
  const TensorType& logits = lowering.graph().type(node.inputs[0]);
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const std::int64_t rows = logits.shape[0], classes = logits.shape[1];
  const BufferId logs = lowering.temporary(logits.bytes());
  lowering.step(step::softmax_f32, SoftmaxF32{.outer = rows, .axis = classes, .log = 1},
                {lowering.buffer(node.inputs[0])}, {logs}, node);
  const CrossEntropyF32 params{
      .rows = rows, .classes = classes, .smoothing = node.attrs.as<CrossEntropyAttrs>().label_smoothing};
  lowering.step(step::cross_entropy_f32, params, {logs, lowering.buffer(node.inputs[1])},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace paw
