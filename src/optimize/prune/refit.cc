#include "optimize/prune/refit.h"

#include <algorithm>
#include <optional>

#include "ir/verify.h"
#include "optimize/prune/least_squares.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/parallel.h"
#include "optimize/quantize/rounding.h"

namespace paw {

namespace {

constexpr double kRefitRidge = 0.01;      // of the mean diagonal
constexpr double kRefitRidgeOfFew = 0.3;  // times columns per sample beside it
constexpr std::int64_t kRefitPlaces = 8192;

double refit_ridge(const std::vector<double>& xx, std::size_t n, std::int64_t samples) {
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += xx[i * n + i];
  const double few =
      kRefitRidgeOfFew * static_cast<double>(n) / static_cast<double>(std::max<std::int64_t>(samples, 1));
  return std::max(trace / static_cast<double>(n) * (kRefitRidge + few), 1e-12);
}

// [rows][columns], in place.
void fit_rows(const LayerMoments& m, std::vector<double>& weights, int threads) {
  const std::size_t n = m.matrix.columns;
  const double common_ridge = refit_ridge(m.xx[0], n, m.samples);
  std::optional<Cholesky> common;
  if (m.xx.size() == 1) common.emplace(m.xx[0], n, common_ridge);
  for_each_index(threads, m.matrix.rows, [&](std::size_t o) {
    const double ridge = common ? common_ridge : refit_ridge(m.xx_of(o), n, m.samples);
    const std::span<double> row = std::span(weights).subspan(o * n, n);
    for (std::size_t k = 0; k < n; ++k) row[k] = m.yx[o * n + k] + ridge * row[k];
    common ? common->solve(row) : Cholesky(m.xx_of(o), n, ridge).solve(row);
  });
}

void refit(Graph& pruned, NodeId layer, const LayerMoments& m, int threads) {
  const Node& node = pruned[layer];
  const Tensor old = pruned.tensor(node.inputs[1]);
  const auto values = old.as<float>();
  std::vector<double> rows(values.size());
  for (std::size_t o = 0; o < m.matrix.rows; ++o) {
    for (std::size_t k = 0; k < m.matrix.columns; ++k) {
      rows[o * m.matrix.columns + k] = static_cast<double>(values[m.matrix.at(o, k)]);
    }
  }
  fit_rows(m, rows, threads);
  std::vector<float> fitted(values.size());
  for (std::size_t o = 0; o < m.matrix.rows; ++o) {
    for (std::size_t k = 0; k < m.matrix.columns; ++k) {
      fitted[m.matrix.at(o, k)] = static_cast<float>(rows[o * m.matrix.columns + k]);
    }
  }
  set_constant(pruned, node.inputs[1], Tensor::f32(old.type.shape, fitted));
  if (node.inputs.size() < 3 || !node.inputs[2].valid()) return;
  const std::vector<double> bias = matching_bias(m, rows);
  const std::vector<float> stored(bias.begin(), bias.end());
  set_constant(pruned, node.inputs[2], Tensor::f32(pruned.type(node.inputs[2]).shape, stored));
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
    if (m.samples > 0) refit(pruned, layers[i], m, threads);
  }
  return verify(pruned);
}

}  // namespace paw
