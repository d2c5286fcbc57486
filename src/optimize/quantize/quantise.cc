#include "optimize/quantize/quantise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/equalise.h"
#include "optimize/quantize/learn.h"
#include "optimize/quantize/measure.h"
#include "optimize/quantize/scale_groups.h"
#include "optimize/quantize/weights.h"

namespace paw {

namespace {

constexpr std::array<std::string_view, 6> kFormNames{"float16",         "dynamic_wi8",    "weight_only_wi8",
                                                     "weight_only_wi4", "static_wi8_ai8", "static_wi8_ai16"};
constexpr std::array<std::string_view, 3> kCorrectionNames{"none", "analytic", "empirical"};

}  // namespace

std::span<const std::string_view> enum_names(QuantForm) { return kFormNames; }
std::span<const std::string_view> enum_names(BiasCorrection) { return kCorrectionNames; }

namespace {

class Quantisation {
 public:
  Quantisation(const Graph& graph, const CalibrationSet& examples, const QuantiseSettings& settings,
               const QuantiseProgress& progress)
      : graph_(graph), examples_(examples), settings_(settings), progress_(progress) {
    out_.report.examples = examples.size();
  }

  Result<QuantisedGraph> run() {
    choose_floats();
    PAW_RETURN_IF_ERROR(equalise_channels());
    switch (settings_.form) {
      case QuantForm::kFloat16:
        out_.graph = graph_;
        PAW_RETURN_IF_ERROR(weights_to_f16(out_.graph));
        return std::move(out_);
      case QuantForm::kDynamicWi8: PAW_RETURN_IF_ERROR(weights_alone(DType::kI8, false)); break;
      case QuantForm::kWeightOnlyWi8: PAW_RETURN_IF_ERROR(weights_alone(DType::kI8, true)); break;
      case QuantForm::kWeightOnlyWi4: PAW_RETURN_IF_ERROR(weights_alone(DType::kI4, true)); break;
      case QuantForm::kStaticWi8Ai8:
      case QuantForm::kStaticWi8Ai16: PAW_RETURN_IF_ERROR(integers()); break;
    }
    PAW_RETURN_IF_ERROR(learn());
    return std::move(out_);
  }

 private:
  bool is_static() const {
    return settings_.form == QuantForm::kStaticWi8Ai8 || settings_.form == QuantForm::kStaticWi8Ai16;
  }

  void choose_floats() {
    keep_float_.assign(graph_.nodes.size(), false);
    const Uses uses(graph_);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (std::ranges::find(settings_.keep_float, node.source) != settings_.keep_float.end()) keep_float_[i] = true;
      if (node.op == &op::softmax && settings_.outputs == QuantisedPorts::kFloat && uses.is_output(node.outputs[0])) {
        keep_float_[i] = true;
      }
    }
  }

  Status equalise_channels() {
    if (!settings_.equalise && !settings_.absorb_bias) return {};
    if (settings_.form == QuantForm::kFloat16) return {};
    PAW_ASSIGN_OR_RETURN(const auto seen, observe(graph_, examples_, settings_.threads,
                                                  {.histograms = false, .channels = true, .watched = {}},
                                                  "measuring channels", progress_));
    const EqualiseSettings how{.scales = settings_.equalise,
                               .shifts = settings_.absorb_bias && is_static(),
                               .highest_weight = settings_.form == QuantForm::kWeightOnlyWi4 ? 7.0 : 127.0,
                               .steps = is_static() ? 255.0 : 0.0};
    PAW_ASSIGN_OR_RETURN(const std::int64_t channels, equalise(graph_, seen, how));
    out_.report.notes.push_back(std::to_string(channels) + " channels were scaled");
    return {};
  }

  Status weights_alone(DType dtype, bool dequantize) {
    out_.graph = graph_;
    return weights_to_int(out_.graph, dtype, dequantize);
  }

  Status integers() {
    PAW_ASSIGN_OR_RETURN(const GroupRanges ranges, measure_groups(graph_, examples_, settings_.estimator, keep_float_,
                                                                  settings_.threads, progress_));
    PAW_ASSIGN_OR_RETURN(out_.graph, static_int8(graph_, ranges.ranges,
                                                 {.inputs = settings_.inputs,
                                                  .outputs = settings_.outputs,
                                                  .dense_per_channel = settings_.dense_per_channel,
                                                  .keep_float = keep_float_}));
    return weights_to_int(out_.graph, DType::kI8, true);
  }

  Status learn() {
    if (!settings_.learn_rounding && settings_.bias_correction != BiasCorrection::kEmpirical) return {};
    const LearnSettings how{.rounding = settings_.learn_rounding,
                            .examples = settings_.learn_rounding ? 128 : 64,
                            .threads = settings_.threads};
    PAW_ASSIGN_OR_RETURN(const auto layers, learn_layers(out_.graph, graph_, examples_, how, progress_));
    for (const LearnedLayer& l : layers) out_.report.layers.push_back({.name = l.name, .sqnr_db = l.sqnr_db});
    return {};
  }

  Graph graph_;
  const CalibrationSet& examples_;
  const QuantiseSettings& settings_;
  const QuantiseProgress& progress_;
  std::vector<bool> keep_float_;
  QuantisedGraph out_;
};

}  // namespace

Result<QuantisedGraph> quantise(const Graph& graph, const CalibrationSet& examples, const QuantiseSettings& settings,
                                const QuantiseProgress& progress) {
  return Quantisation(graph, examples, settings, progress).run();
}

}  // namespace paw
