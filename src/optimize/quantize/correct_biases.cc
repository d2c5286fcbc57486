#include "optimize/quantize/correct_biases.h"

#include "ir/verify.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "optimize/quantize/layers.h"

namespace paw {

namespace {

bool has_own_bias(const Node& node) { return node.inputs.size() > 2 && node.inputs[2].valid(); }

Result<std::vector<NodeId>> same_layers(const Graph& graph, std::size_t count) {
  std::vector<NodeId> layers = layers_of(graph);
  if (layers.size() == count) return layers;
  return fail(ErrorCode::kInternal, "quantize", "the quantised graph has other layers than the float graph");
}

}  // namespace

Status correct_biases(Graph& quantised, const Graph& graph, const std::vector<Observation>& seen) {
  const std::vector<NodeId> originals = layers_of(graph);
  PAW_ASSIGN_OR_RETURN(const auto layers, same_layers(quantised, originals.size()));
  const Uses uses(quantised);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Node& node = graph[originals[i]];
    const Observation& x = seen[node.inputs[0].index];
    const bool grouped = node.op == &op::conv2d && node.attrs.as<Conv2dAttrs>().groups != 1;
    if (!has_own_bias(node) || grouped || x.count == 0) continue;
    const LayerMatrix m = layer_matrix(graph, originals[i]);
    const std::vector<double> real = weight_rows(graph.tensor(node.inputs[1]), m);
    const std::vector<double> rounded =
        weight_rows(quantised.tensor(stored_weights(quantised, uses, quantised[layers[i]])), m);
    std::vector<double> bias = real_values(graph.tensor(node.inputs[2]));
    const std::size_t channels = x.channels.size();
    for (std::size_t o = 0; o < m.rows; ++o) {
      for (std::size_t k = 0; k < m.columns; ++k) {
        const ChannelSeen& c = x.channels[m.depthwise ? o / (m.rows / channels) : k % channels];
        bias[o] += (real[o * m.columns + k] - rounded[o * m.columns + k]) * c.sum / static_cast<double>(x.count);
      }
    }
    set_layer_bias(quantised, uses, layers[i], bias);
  }
  return verify(quantised);
}

Status copy_layers(const Graph& from, Graph& to) {
  const std::vector<NodeId> sources = layers_of(from);
  PAW_ASSIGN_OR_RETURN(const auto layers, same_layers(to, sources.size()));
  const Uses uses(to), from_uses(from);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const ValueId stored = stored_weights(to, uses, to[layers[i]]);
    set_constant(to, stored, from.tensor(stored_weights(from, from_uses, from[sources[i]])));
    const Node& node = from[sources[i]];
    if (has_own_bias(node)) set_layer_bias(to, uses, layers[i], real_values(from.tensor(node.inputs[2])));
  }
  return verify(to);
}

}  // namespace paw
