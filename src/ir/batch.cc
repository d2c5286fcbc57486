#include "ir/batch.h"

#include "ir/verify.h"

namespace paw {

Result<Graph> with_batch(Graph graph, std::int64_t batch) {
  for (const ValueId input : graph.inputs) {
    TensorType& type = graph[input].type;
    if (type.shape.rank() == 0) return fail(ErrorCode::kUnsupported, graph.label(input), "has no batch");
    type.shape[0] = batch;
  }
  for (const Node& node : graph.nodes) {
    std::vector<const TensorType*> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(input.valid() ? &graph.type(input) : nullptr);
    PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> types, infer_types(*node.op, node.attrs, inputs, node.source));
    for (std::size_t i = 0; i < types.size(); ++i) graph[node.outputs[i]].type.shape = types[i].shape;
  }
  PAW_RETURN_IF_ERROR(verify(graph));
  return graph;
}

}  // namespace paw
