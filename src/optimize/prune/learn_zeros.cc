#include "optimize/prune/learn_zeros.h"

#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/rounding.h"
#include "optimize/quantize/staged_run.h"

namespace paw {

namespace {

// [rows][columns]
std::vector<double> output_shares(const LayerMoments& m, std::span<const double> weights) {
  const std::size_t n = m.matrix.columns;
  std::vector<double> scores(weights.size());
  for (std::size_t o = 0; o < m.matrix.rows; ++o) {
    for (std::size_t k = 0; k < n; ++k) {
      const double w = weights[o * n + k];
      scores[o * n + k] = m.yy[o] > 0 ? w * w * m.xx_of(o)[k * n + k] / m.yy[o] : 0;
    }
  }
  return scores;
}

}  // namespace

Status learn_zeros(Graph& small, const Graph& graph, const SparsityPattern& pattern, const CalibrationSet& examples,
                   const LayerSampling& how, const QuantiseProgress& progress) {
  const Uses uses(small);
  const auto visit = [&](NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets) -> Status {
    const ValueId stored = small[layer].inputs[1];
    const LayerMatrix matrix = layer_matrix(small, layer);
    const bool fits = sparse_mark(small, stored) && !matrix.depthwise && uses.users(stored).size() == 1 &&
                      matrix.columns <= kMostRoundedColumns;
    const LayerMoments m = layer_moments(small, layer, inputs, targets, graph[original].outputs[0],
                                         places_for(matrix.columns, how.places), fits, how.threads);
    if (m.samples == 0) return {};
    if (fits) {
      const std::vector<double> weights = weight_rows(graph.tensor(graph[original].inputs[1]), m.matrix);
      const auto kept = kept_weights(pattern, output_shares(m, weights), small.type(stored).shape);
      const GriddedWeights fitted = fit_kept(m, weights, *kept, how.threads);
      set_constant(small, stored, tensor_from_real(small.type(stored), weights_of_rows(fitted.values, m.matrix)));
    }
    set_layer_bias(small, uses, layer, matching_bias(m, weight_rows(small.tensor(stored), m.matrix)));
    return {};
  };
  const LayerWalk walk{.stage = "fitting what is left", .examples = how.examples, .threads = how.threads};
  return walk_layers(small, graph, examples, walk, progress, visit);
}

}  // namespace paw
