#include "optimize/quantize/learn.h"

#include <algorithm>
#include <cmath>

#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/rounding.h"
#include "optimize/quantize/staged_run.h"

namespace paw {

namespace {

class LayerLearner {
 public:
  LayerLearner(Graph& quantised, const Uses& uses, const Graph& graph, const LearnSettings& settings)
      : quantised_(quantised), uses_(uses), graph_(graph), settings_(settings) {}

  LearnedLayer learn(NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets) {
    const Node& node = quantised_[layer];
    LearnedLayer out{.name = graph_[original].source};
    const ValueId stored = stored_weights(quantised_, uses_, node);
    const DType dtype = quantised_.type(stored).dtype;
    const bool alone = uses_.users(stored).size() == 1 && is_integer(dtype);
    if (!alone) return out;
    const std::size_t columns = layer_matrix(quantised_, layer).columns;
    const std::int64_t places = places_for(columns, settings_.places);
    // Zeros that were pruned stay.
    const bool sparse = sparse_mark(quantised_, stored).has_value();
    const bool rounds = settings_.rounding && columns <= kMostRoundedColumns && !sparse;
    const LayerMoments m = layer_moments(quantised_, layer, inputs, targets, graph_[original].outputs[0], places,
                                         rounds, settings_.threads);
    if (m.samples == 0) return out;
    if (rounds) {
      const std::vector<double> weights = weight_rows(graph_.tensor(graph_[original].inputs[1]), m.matrix);
      const RoundedWeights rounded =
          round_by_output(m, weights, limits(node, stored, matching_bias(m, weights)), settings_.threads);
      set_weights(stored, m.matrix, rounded);
      out.sqnr_db = decibels(m.yy, rounded.error);
    }
    set_layer_bias(quantised_, uses_, layer, matching_bias(m, weight_rows(quantised_.tensor(stored), m.matrix)));
    return out;
  }

 private:
  // Scale of the input of a layer of integers; 0 beside float activations.
  double input_scale(const Node& node) const {
    const TensorType& x = quantised_.type(node.inputs[0]);
    return x.quant ? static_cast<double>(x.quant->scale[0]) : 0;
  }

  RoundingLimits limits(const Node& node, ValueId stored, const std::vector<double>& bias) const {
    const TensorType& type = quantised_.type(stored);
    const auto block = static_cast<std::size_t>(type.quant->block);
    RoundingLimits out{.highest = highest(type.dtype),
                       .least = {},
                       .per_channel = type.quant->axis >= 0 || block != 0,
                       .block = block};
    const double x_scale = input_scale(node);
    if (x_scale > 0) {
      const double y_scale = quantised_.type(node.outputs[0]).quant->scale[0];
      // Rounding moves the bias a little.
      for (const double b : bias) out.least.push_back(least_weight_scale(1.1 * b, x_scale, y_scale));
    }
    return out;
  }

  void set_weights(ValueId stored, const LayerMatrix& m, const RoundedWeights& rounded) {
    const TensorType old = quantised_.type(stored);
    QuantParams quant = *old.quant;
    quant.scale = quant.axis >= 0 || quant.block != 0 ? rounded.scale : std::vector{rounded.scale[0]};
    const TensorType type{old.dtype, old.shape, std::make_shared<const QuantParams>(std::move(quant))};
    set_constant(quantised_, stored, tensor_from_stored(type, weights_of_rows(rounded.stored, m)));
  }

  static double decibels(const std::vector<double>& signal, const std::vector<double>& noise) {
    double s = 0, n = 0;
    for (std::size_t i = 0; i < signal.size(); ++i) s += signal[i], n += noise[i];
    return s > 0 && n > 0 ? 10 * std::log10(s / n) : 0;
  }

  Graph& quantised_;
  const Uses& uses_;
  const Graph& graph_;
  const LearnSettings& settings_;
};

}  // namespace

Result<std::vector<LearnedLayer>> learn_layers(Graph& quantised, const Graph& graph, const CalibrationSet& examples,
                                               const LearnSettings& settings, const QuantiseProgress& progress) {
  const Uses uses(quantised);
  LayerLearner learner(quantised, uses, graph, settings);
  std::vector<LearnedLayer> out;
  const LayerWalk walk{.stage = settings.rounding ? "learning how to round" : "correcting biases",
                       .examples = settings.examples,
                       .threads = settings.threads};
  PAW_RETURN_IF_ERROR(
      walk_layers(quantised, graph, examples, walk, progress,
                  [&](NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets) {
                    out.push_back(learner.learn(layer, original, inputs, targets));
                    return Status{};
                  }));
  return out;
}

}  // namespace paw
