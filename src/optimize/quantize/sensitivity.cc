#include "optimize/quantize/sensitivity.h"

#include <algorithm>
#include <utility>

#include "ir/model.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/scale_groups.h"

namespace paw {

namespace {

// A layer and the clamp that it takes in.
std::vector<NodeId> with_clamp(const Graph& graph, const Uses& uses, const ScaleGroups& groups, NodeId layer) {
  const ValueId y = graph[layer].outputs[0];
  if (!groups.hidden[y.index]) return {layer};
  return {layer, uses.users(y)[0]};
}

}  // namespace

Result<std::vector<LayerHarm>> measure_harm(const OutputNoise& noise, const ValueRanges& ranges,
                                            const StaticInt8Options& options, const QuantiseProgress& progress) {
  const Graph& graph = noise.scored();
  const Uses uses(graph);
  const ScaleGroups groups = scale_groups(graph, options.keep_float);
  const std::vector<NodeId> layers = layers_of(graph);
  std::vector<LayerHarm> out;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    say(progress, "measuring sensitivity", static_cast<std::int64_t>(i), std::ssize(layers));
    if (!becomes_integer(graph, layers[i], options.keep_float)) continue;
    StaticInt8Options alone = options;
    alone.inputs = alone.outputs = QuantisedPorts::kFloat;
    alone.keep_float.assign(graph.nodes.size(), true);
    for (const NodeId node : with_clamp(graph, uses, groups, layers[i])) alone.keep_float[node.index] = false;
    PAW_ASSIGN_OR_RETURN(const Graph changed, static_int8(graph, ranges, alone));
    PAW_ASSIGN_OR_RETURN(const double found, noise.of(changed));
    out.push_back({layers[i], found, totals(graph, layers[i]).macs});
  }
  return out;
}

std::vector<bool> keep_most_harmed(const Graph& graph, std::span<const LayerHarm> harms, int percent,
                                   std::vector<bool> keep_float) {
  const Uses uses(graph);
  const ScaleGroups groups = scale_groups(graph, keep_float);
  std::int64_t all = 0, kept = 0;
  for (const LayerHarm& harm : harms) all += harm.macs;
  std::vector<LayerHarm> order(harms.begin(), harms.end());
  std::ranges::sort(order, {}, [](const LayerHarm& h) {
    return std::pair(-h.noise / static_cast<double>(std::max<std::int64_t>(1, h.macs)), h.layer.index);
  });
  for (const LayerHarm& harm : order) {
    if (harm.noise <= 0 || 100 * (kept + harm.macs) > percent * all) continue;
    kept += harm.macs;
    for (const NodeId node : with_clamp(graph, uses, groups, harm.layer)) keep_float[node.index] = true;
  }
  return keep_float;
}

}  // namespace paw
