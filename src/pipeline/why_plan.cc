#include "pipeline/why_plan.h"

#include <algorithm>
#include <span>

#include "ir/builder.h"
#include "ir/verify.h"
#include "lower/lower.h"
#include "ops/cast.h"
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

Result<Graph> why_graph(const TensorType& features, const Tensor& class_weights) {
  const std::int64_t k = features.shape[3], classes = class_weights.type.shape[0];
  GraphBuilder b("why");
  ValueId x = b.input("features", features);
  if (features.quant) x = b.call(op::dequantize, {x});
  const ValueId w = b.constant({TensorType(DType::kF32, {classes, 1, 1, k}), class_weights.data});
  b.output(b.call(op::conv2d, {x, w, ValueId{}}, Conv2dAttrs{}));
  return b.finish();
}

bool is_real(const TensorType& type) { return type.dtype == DType::kF32; }

std::unexpected<Error> no_real(const Graph& graph, ValueId value) {
  return fail(ErrorCode::kUnsupported, "model: " + graph.label(value),
              "is " + graph.type(value).text() + ", which an app cannot give or read as real numbers");
}

// A value of floats in the place of `old`, whose name it takes.
ValueId real_twin(Graph& graph, ValueId old) {
  const ValueId twin(graph.values.size());
  graph.values.push_back({.name = std::move(graph[old].name), .type = {DType::kF32, graph.type(old).shape}});
  graph[old].name.clear();
  return twin;
}

}  // namespace

AppGraph app_graph(const Model& model) {
  AppGraph out{.main = model.graph};
  out.main.outputs.resize(1);
  if (const std::optional<Ending> ending = ending_of(out.main)) {
    const std::int64_t k = out.main.type(ending->features).shape[3];
    const TensorType type(DType::kF32, {ending->weights.type.shape.elements() / k, k});
    out.class_weights = tensor_from_real(type, real_values(ending->weights));
    out.main.outputs.push_back(ending->features);
  }
  return out;
}

Result<AppGraph> with_real_ports(AppGraph graph) {
  Graph& main = graph.main;
  for (ValueId& input : main.inputs) {
    if (is_real(main.type(input))) continue;
    if (!main.type(input).quant) return no_real(main, input);
    const ValueId real = real_twin(main, input);
    main.nodes.insert(main.nodes.begin(), {.op = &op::quantize,
                                           .attrs = DtypeAttrs{main.type(input).dtype},
                                           .inputs = {real},
                                           .outputs = {input},
                                           .source = "input"});
    input = real;
  }
  for (ValueId& output : main.outputs) {
    if (is_real(main.type(output))) continue;
    if (!main.type(output).quant) return no_real(main, output);
    const ValueId real = real_twin(main, output);
    main.nodes.push_back({.op = &op::dequantize,
                          .attrs = DtypeAttrs{DType::kF32},
                          .inputs = {output},
                          .outputs = {real},
                          .source = "output"});
    output = real;
  }
  PAW_RETURN_IF_ERROR(verify(main));
  return graph;
}

Result<std::optional<Bytes>> why_plan(const AppGraph& graph) {
  if (!graph.class_weights) return std::optional<Bytes>();
  PAW_ASSIGN_OR_RETURN(const Graph why, why_graph(graph.main.type(graph.main.outputs[1]), *graph.class_weights));
  return lower(why);
}

Result<AppPlans> app_plans(const AppGraph& graph) {
  AppPlans plans;
  PAW_ASSIGN_OR_RETURN(plans.main, lower(graph.main));
  PAW_ASSIGN_OR_RETURN(plans.why, why_plan(graph));
  return plans;
}

}  // namespace paw
