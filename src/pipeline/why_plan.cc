#include "pipeline/why_plan.h"

#include <algorithm>
#include <span>

#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/reduce.h"

namespace paw {

namespace {

bool made_by(const Node& node, std::initializer_list<const OpDef*> ops) {
  return std::ranges::find(ops, node.op) != ops.end();
}

// The node behind `value`, past nodes that change neither order nor meaning of its elements.
NodeId maker_of(const Graph& graph, const Uses& uses, ValueId value) {
  NodeId id = uses.producer(value);
  while (id.valid() && made_by(graph[id], {&op::reshape, &op::squeeze, &op::expand_dims, &op::dropout, &op::quantize,
                                           &op::dequantize, &op::cast})) {
    id = uses.producer(graph[id].inputs[0]);
  }
  return id;
}

// Whether a node averages all places of its input, [1, h, w, k].
bool averages_places(const Graph& graph, const Node& node) {
  const Shape in = graph.type(node.inputs[0]).shape;
  if (in.rank() != 4 || in[0] != 1) return false;
  if (node.op == &op::reduce_mean) {
    std::vector<std::int64_t> axes = node.attrs.as<ReduceAttrs>().axes;
    for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
    std::ranges::sort(axes);
    return axes == std::vector<std::int64_t>{1, 2};
  }
  return node.op == &op::avg_pool && graph.type(node.outputs[0]).shape.elements() == in[3] &&
         node.attrs.as<PoolAttrs>().padding == Padding::kValid;
}

struct Ending {
  ValueId features;  // [1, h, w, k]
  Tensor weights;    // of the dense layer, classes x k elements
};

std::optional<Ending> ending_of(const Graph& graph) {
  const Uses uses(graph);
  const NodeId softmax = maker_of(graph, uses, graph.outputs[0]);
  if (!softmax.valid() || graph[softmax].op != &op::softmax) return {};
  NodeId dense = maker_of(graph, uses, graph[softmax].inputs[0]);
  // One divisor for all classes, as novelty has it, changes how sure the answer is, not where it comes from.
  while (dense.valid() && graph[dense].op == &op::div && graph.type(graph[dense].inputs[1]).shape.elements() == 1) {
    dense = maker_of(graph, uses, graph[dense].inputs[0]);
  }
  if (!dense.valid() || !made_by(graph[dense], {&op::fully_connected, &op::conv2d})) return {};
  const ValueId weights = graph[dense].inputs[1];
  const NodeId average = maker_of(graph, uses, graph[dense].inputs[0]);
  if (!graph.is_constant(weights) || !average.valid() || !averages_places(graph, graph[average])) return {};
  const ValueId features = graph[average].inputs[0];
  const std::int64_t classes = graph.type(graph.outputs[0]).shape.elements(), k = graph.type(features).shape[3];
  if (graph.type(weights).shape.elements() != classes * k || uses.is_output(features)) return {};
  if (!uses.producer(features).valid()) return {};
  return Ending{features, graph.tensor(weights)};
}

Result<Graph> why_graph(const TensorType& features, const Tensor& weights) {
  const std::int64_t k = features.shape[3], classes = weights.type.shape.elements() / k;
  GraphBuilder b("why");
  ValueId x = b.input("features", features);
  if (features.quant) x = b.call(op::dequantize, {x});
  const TensorType type(DType::kF32, {classes, 1, 1, k});
  const ValueId w = b.constant(tensor_from_real(type, real_values(weights)));
  b.output(b.call(op::conv2d, {x, w, ValueId{}}, Conv2dAttrs{}));
  return b.finish();
}

}  // namespace

Result<AppPlans> app_plans(const Model& model) {
  AppPlans plans;
  Graph graph = model.graph;
  graph.outputs.resize(1);
  if (const std::optional<Ending> ending = ending_of(graph)) {
    PAW_ASSIGN_OR_RETURN(const Graph why, why_graph(graph.type(ending->features), ending->weights));
    PAW_ASSIGN_OR_RETURN(plans.why, lower(why));
    graph.outputs.push_back(ending->features);
  }
  PAW_ASSIGN_OR_RETURN(plans.main, lower(graph));
  return plans;
}

}  // namespace paw
