// gather and scatter_add: weights as indices into a table, in training.
#include "ops/gather.h"
#include "lower/lowering.h"
#include "runtime/steps.h"

namespace paw {

namespace {

Status lower_indexed(Lowering& lowering, const Node& node, const StepDef& step, std::int64_t size) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const GatherF32 params{.count = lowering.graph().type(node.inputs[1]).shape.elements(), .size = size};
  lowering.step(step, params, {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1])},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace

Status lower_gather(Lowering& lowering, const Node& node) {
  return lower_indexed(lowering, node, step::gather_f32, lowering.graph().type(node.inputs[0]).shape[0]);
}

Status lower_scatter_add(Lowering& lowering, const Node& node) {
  return lower_indexed(lowering, node, step::scatter_add_f32, node.attrs.as<ScatterAddAttrs>().size);
}

}  // namespace paw
