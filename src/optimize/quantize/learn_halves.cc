#include "optimize/quantize/learn_halves.h"

#include <cmath>

#include "optimize/quantize/layers.h"
#include "optimize/quantize/rounding.h"
#include "optimize/quantize/staged_run.h"
#include "tensor/half.h"

namespace paw {

namespace {

double nearest_half(double value) { return half_to_float(double_to_half(value)); }

bool holds_all(const std::vector<double>& values) {
  for (const double v : values) {
    if (!std::isfinite(nearest_half(v))) return false;
  }
  return true;
}

// Moments about zero, of what the weights alone should put out: the bias is given, so that they must make the mean
// right too.
void take_bias(LayerMoments& m, const std::vector<double>& bias) {
  const std::size_t n = m.matrix.columns;
  for (std::size_t o = 0; o < m.matrix.rows; ++o) {
    const double* mean = m.x_mean_of(o);
    if (o < m.xx.size()) {
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) m.xx[o][i * n + j] += mean[i] * mean[j];
      }
    }
    const double y = m.y_mean[o] - bias[o];
    for (std::size_t i = 0; i < n; ++i) m.yx[o * n + i] += y * mean[i];
    m.yy[o] += y * y;
  }
}

}  // namespace

Status learn_halves(Graph& graph, const CalibrationSet& examples, const LayerSampling& how,
                    const QuantiseProgress& progress) {
  const Graph floats = graph;
  const Uses uses(graph);
  const auto visit = [&](NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets) -> Status {
    const Node& node = floats[original];
    const ValueId stored = graph[layer].inputs[1];
    const LayerMatrix matrix = layer_matrix(floats, original);
    const bool alone = graph.is_constant(stored) && uses.users(stored).size() == 1;
    if (!alone || floats[node.inputs[1]].encoding || matrix.columns > kMostRoundedColumns) return {};
    std::vector<double> weights = weight_rows(floats.tensor(node.inputs[1]), matrix);
    LayerMoments m = layer_moments(graph, layer, inputs, targets, node.outputs[0],
                                   places_for(matrix.columns, how.places), true, how.threads);
    if (m.samples == 0 || !holds_all(weights)) return {};
    std::vector<double> bias(matrix.rows);  // of a layer that has none
    if (node.inputs.size() > 2 && node.inputs[2].valid()) {
      if (uses.users(node.inputs[2]).size() != 1) return {};
      bias = matching_bias(m, weights);
      for (double& b : bias) b = nearest_half(b);
      if (!holds_all(bias)) return {};
    }
    take_bias(m, bias);
    const auto nearest = [](std::size_t, double wanted) { return nearest_half(wanted); };
    weights = round_to_grid(m, weights, nearest, how.threads).values;
    set_constant(graph, stored, tensor_from_real(graph.type(stored), weights_of_rows(weights, matrix)));
    set_layer_bias(graph, uses, layer, bias);
    return {};
  };
  const LayerWalk walk{.stage = "learning how to round", .examples = how.examples, .threads = how.threads};
  return walk_layers(graph, floats, examples, walk, progress, visit);
}

}  // namespace paw
