#include "optimize/quantize/layers.h"

#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"

namespace paw {

ValueId stored_weights(const Graph& graph, const Uses& uses, const Node& layer) {
  const ValueId w = layer.inputs[1];
  if (graph.is_constant(w)) return w;
  const NodeId maker = uses.producer(w);
  if (!maker.valid()) return {};
  const Node& node = graph[maker];
  const bool widens = node.op == &op::dequantize || node.op == &op::cast;
  return widens && graph.is_constant(node.inputs[0]) ? node.inputs[0] : ValueId{};
}

bool is_layer(const Graph& graph, const Uses& uses, const Node& node) {
  return channel_axis(node.op) >= 0 && stored_weights(graph, uses, node).valid() &&
         (node.inputs.size() < 3 || !node.inputs[2].valid() || graph.is_constant(node.inputs[2]));
}

std::vector<NodeId> layers_of(const Graph& graph) {
  const Uses uses(graph);
  std::vector<NodeId> out;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_layer(graph, uses, graph.nodes[i])) out.push_back(NodeId(i));
  }
  return out;
}

LayerMatrix layer_matrix(const Graph& graph, NodeId layer) {
  const Node& node = graph[layer];
  const Shape& w = graph.type(node.inputs[1]).shape;
  const bool depthwise = node.op == &op::depthwise_conv2d;
  const auto rows = static_cast<std::size_t>(w[channel_axis(node.op)]);
  return {rows, static_cast<std::size_t>(w.elements()) / rows, depthwise};
}

std::vector<double> weight_rows(const Tensor& weights, const LayerMatrix& matrix) {
  const std::vector<double> values = real_values(weights);
  std::vector<double> out(values.size());
  for (std::size_t o = 0; o < matrix.rows; ++o) {
    for (std::size_t k = 0; k < matrix.columns; ++k) out[o * matrix.columns + k] = values[matrix.at(o, k)];
  }
  return out;
}

std::vector<double> weights_of_rows(std::span<const double> rows, const LayerMatrix& matrix) {
  std::vector<double> out(rows.size());
  for (std::size_t o = 0; o < matrix.rows; ++o) {
    for (std::size_t k = 0; k < matrix.columns; ++k) out[matrix.at(o, k)] = rows[o * matrix.columns + k];
  }
  return out;
}

void set_layer_bias(Graph& graph, const Uses& uses, NodeId layer, const std::vector<double>& bias) {
  const Node& node = graph[layer];
  if (node.inputs.size() < 3 || !node.inputs[2].valid() || uses.users(node.inputs[2]).size() != 1) return;
  TensorType type = graph.type(node.inputs[2]);
  if (type.quant) {
    const QuantParams& weights = *graph.type(stored_weights(graph, uses, node)).quant;
    QuantParams quant = *type.quant;
    quant.scale.clear();
    for (const float s : weights.scale) quant.scale.push_back(graph.type(node.inputs[0]).quant->scale[0] * s);
    type.quant = std::make_shared<const QuantParams>(std::move(quant));
  }
  set_constant(graph, node.inputs[2], tensor_from_real(type, bias));
}

void set_constant(Graph& graph, ValueId constant, const Tensor& tensor) {
  graph[constant].type = tensor.type;
  graph[constant].constant = tensor.data;
}

}  // namespace paw
