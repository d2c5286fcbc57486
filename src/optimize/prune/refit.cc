#include "optimize/prune/refit.h"

#include <algorithm>
#include <optional>

#include "ir/verify.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/least_squares.h"
#include "optimize/quantize/parallel.h"
#include "optimize/quantize/rounding.h"

namespace paw {

namespace {

constexpr std::int64_t kRefitPlaces = 32768;

// [rows][columns], in place.
void fit_rows(const LayerMoments& m, std::vector<double>& weights, int threads) {
  const std::size_t n = m.matrix.columns;
  const double common_ridge = ridge_of(m.xx[0], n, m.samples);
  std::optional<Cholesky> common;
  if (m.xx.size() == 1) common.emplace(m.xx[0], n, common_ridge);
  for_each_index(threads, m.matrix.rows, [&](std::size_t o) {
    const double ridge = common ? common_ridge : ridge_of(m.xx_of(o), n, m.samples);
    const std::span<double> row = std::span(weights).subspan(o * n, n);
    for (std::size_t k = 0; k < n; ++k) row[k] = m.yx[o * n + k] + ridge * row[k];
    common ? common->solve(row) : Cholesky(m.xx_of(o), n, ridge).solve(row);
  });
}

void refit(Graph& pruned, const Uses& uses, NodeId layer, const LayerMoments& m, int threads) {
  const ValueId stored = pruned[layer].inputs[1];
  std::vector<double> rows = weight_rows(pruned.tensor(stored), m.matrix);
  fit_rows(m, rows, threads);
  set_constant(pruned, stored, tensor_from_real(pruned.type(stored), weights_of_rows(rows, m.matrix)));
  set_layer_bias(pruned, uses, layer, matching_bias(m, rows));
}

}  // namespace

Status refit_layers(Graph& pruned, const Graph& graph, const std::vector<ChannelGroup>& groups,
                    const std::vector<std::vector<std::int64_t>>& kept, const CalibrationSet& examples, int threads,
                    const QuantiseProgress& progress) {
  std::vector<const std::vector<std::int64_t>*> kept_of(graph.values.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const ValueId v : groups[g].values) kept_of[v.index] = &kept[g];
  }
  const std::vector<NodeId> layers = layers_of(pruned), originals = layers_of(graph);
  const Uses uses(pruned);
  const std::int64_t count = affordable_examples(graph, examples.size());
  StagedRun inputs(pruned, examples, count, threads), targets(graph, examples, count, threads);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    say(progress, "fitting layers", static_cast<std::int64_t>(i), std::ssize(layers));
    PAW_RETURN_IF_ERROR(inputs.run_until(layers[i]));
    PAW_RETURN_IF_ERROR(targets.run_until(NodeId(originals[i].index + 1)));
    const Node& node = pruned[layers[i]];
    const bool own = uses.users(node.inputs[1]).size() == 1 &&
                     (node.inputs.size() < 3 || !node.inputs[2].valid() || uses.users(node.inputs[2]).size() == 1);
    if (!own) continue;
    const ValueId target = graph[originals[i]].outputs[0];
    const auto* channels = kept_of[target.index];
    const LayerMoments m = layer_moments(pruned, layers[i], inputs, targets, target, kRefitPlaces, true, threads,
                                         channels == nullptr ? std::span<const std::int64_t>{} : *channels);
    if (m.samples > 0) refit(pruned, uses, layers[i], m, threads);
  }
  return verify(pruned);
}

}  // namespace paw
