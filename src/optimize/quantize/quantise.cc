#include "optimize/quantize/quantise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/correct_biases.h"
#include "optimize/quantize/equalise.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/learn.h"
#include "optimize/quantize/learn_halves.h"
#include "optimize/quantize/measure.h"
#include "optimize/quantize/range_search.h"
#include "optimize/quantize/scale_groups.h"
#include "optimize/quantize/sensitivity.h"
#include "optimize/quantize/weights.h"

namespace paw {

namespace {

constexpr std::int64_t kNoiseExamples = 16;
// 16 bits have room for numbers beyond those that were seen, and cutting them off costs more than a coarser step.
constexpr float kHeadroom = 2;

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
    PAW_RETURN_IF_ERROR(check());
    PAW_RETURN_IF_ERROR(choose_floats());
    start_report();
    PAW_RETURN_IF_ERROR(equalise_channels());
    switch (settings_.form) {
      case QuantForm::kFloat16: PAW_RETURN_IF_ERROR(halves()); return finished();
      case QuantForm::kDynamicWi8: PAW_RETURN_IF_ERROR(weights_alone(DType::kI8, false)); break;
      case QuantForm::kWeightOnlyWi8: PAW_RETURN_IF_ERROR(weights_alone(DType::kI8, true)); break;
      case QuantForm::kWeightOnlyWi4: PAW_RETURN_IF_ERROR(weights_alone(DType::kI4, true)); break;
      case QuantForm::kStaticWi8Ai8:
      case QuantForm::kStaticWi8Ai16: PAW_RETURN_IF_ERROR(integers()); break;
    }
    PAW_RETURN_IF_ERROR(improve());
    return finished();
  }

 private:
  QuantisedGraph finished() {
    out_.floats = std::move(graph_);
    return std::move(out_);
  }

  bool is_static() const {
    return settings_.form == QuantForm::kStaticWi8Ai8 || settings_.form == QuantForm::kStaticWi8Ai16;
  }

  bool sees_examples() const { return examples_.size() > 0 && settings_.form != QuantForm::kFloat16; }

  Status check() const {
    PAW_RETURN_IF_ERROR(check_graph());
    if (examples_.size() == 0) {
      if (!is_static()) return {};
      return fail(ErrorCode::kBadData, "quantize", "integers throughout need photos to measure ranges on, got none",
                  "give photos to calibrate with, or choose a form that stores only weights as integers");
    }
    if (graph_.inputs.size() != 1 || graph_.type(graph_.inputs[0]).dtype != DType::kF32) {
      return fail(ErrorCode::kUnsupported, "quantize", "the model has not one float32 input");
    }
    if (!(examples_.shape == graph_.type(graph_.inputs[0]).shape)) {
      return fail(ErrorCode::kInternal, "quantize",
                  "examples of " + examples_.shape.text() + " for an input of " + graph_.type(graph_.inputs[0]).text());
    }
    if (!std::ranges::all_of(examples_.values, [](float v) { return std::isfinite(v); })) {
      return fail(ErrorCode::kBadData, graph_.label(graph_.inputs[0]), "is not finite for one of the photos",
                  "the preprocessing of the model is wrong, or a photo is");
    }
    return {};
  }

  Status check_graph() const {
    for (const Value& v : graph_.values) {
      if (v.type.quant) {
        return fail(ErrorCode::kUnsupported, "quantize", "the model is already quantised",
                    "start from the float model that it was made of");
      }
    }
    for (const Node& node : graph_.nodes) {
      for (const ValueId x : node.inputs) {
        if (!graph_.is_constant(x) || graph_.type(x).dtype != DType::kF32) continue;
        const Tensor t = graph_.tensor(x);
        if (std::ranges::all_of(t.as<float>(), [](float v) { return std::isfinite(v); })) continue;
        return fail(ErrorCode::kBadData, std::string(node.op->name) + " '" + node.source + "'",
                    "has weights that are not finite", "its training diverged");
      }
    }
    return {};
  }

  // A softmax that is put out as float32 has nothing to gain from 8 bits, and its small scores all to lose.
  Status choose_floats() {
    keep_float_.assign(graph_.nodes.size(), false);
    const Uses uses(graph_);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      keep_float_[i] =
          node.op == &op::softmax && settings_.outputs == QuantisedPorts::kFloat && uses.is_output(node.outputs[0]);
    }
    if (settings_.form == QuantForm::kStaticWi8Ai16) {
      keep_float_ = keep_without_int16_form(graph_, std::move(keep_float_));
    }
    for (const std::string& name : settings_.keep_float) {
      bool found = false;
      for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
        if (graph_.nodes[i].source != name) continue;
        keep_float_[i] = found = true;
      }
      if (!found) return fail(ErrorCode::kUsage, "quantize", "there is no layer '" + name + "' to keep in float32");
    }
    return {};
  }

  void start_report() {
    layers_ = layers_of(graph_);
    for (const NodeId layer : layers_) {
      LayerReport row{.name = graph_[layer].source};
      if (is_static() && keep_float_[layer.index]) row.kept_float = "asked for";
      out_.report.layers.push_back(std::move(row));
    }
  }

  Status equalise_channels() {
    const bool shifts = settings_.absorb_bias && settings_.form == QuantForm::kStaticWi8Ai8;
    if ((!settings_.equalise && !shifts) || !sees_examples()) return {};
    PAW_ASSIGN_OR_RETURN(const auto seen, observe(graph_, examples_, settings_.threads,
                                                  {.histograms = false, .channels = true, .watched = {}},
                                                  "measuring channels", progress_));
    const EqualiseSettings how{.scales = settings_.equalise,
                               .shifts = shifts,
                               .highest_weight = settings_.form == QuantForm::kWeightOnlyWi4 ? 7.0 : 127.0,
                               .steps = settings_.form == QuantForm::kStaticWi8Ai8 ? 255.0 : 0.0};
    PAW_ASSIGN_OR_RETURN(const std::int64_t channels, equalise(graph_, seen, how));
    if (settings_.equalise) out_.report.notes.push_back(std::to_string(channels) + " channels were scaled");
    return {};
  }

  Status halves() {
    out_.graph = graph_;
    if (settings_.learn_rounding && examples_.size() > 0) {
      PAW_RETURN_IF_ERROR(learn_halves(out_.graph, examples_, {.threads = settings_.threads}, progress_));
    }
    return weights_to_f16(out_.graph);
  }

  Status weights_alone(DType dtype, bool dequantize) {
    out_.graph = graph_;
    return weights_to_int(out_.graph, dtype, dequantize, settings_.weight_block);
  }

  Status integers() {
    const bool wide = settings_.form == QuantForm::kStaticWi8Ai16;
    const RangeEstimator estimator = wide ? RangeEstimator::kMinMax : settings_.estimator;
    PAW_ASSIGN_OR_RETURN(GroupRanges ranges,
                         measure_groups(graph_, examples_, estimator, keep_float_, settings_.threads, progress_));
    if (wide) {
      for (ValueRange& range : ranges.ranges) range = {kHeadroom * range.min, kHeadroom * range.max};
    }
    PAW_RETURN_IF_ERROR(look_at_answers(ranges));
    StaticInt8Options how = int8_options();
    how.activations = wide ? DType::kI16 : DType::kI8;
    PAW_ASSIGN_OR_RETURN(out_.graph, static_int8(graph_, ranges.ranges, how));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const RangeEstimator used = ranges.estimators[graph_[layers_[i]].outputs[0].index];
      if (!keep_float_[layers_[i].index])
        out_.report.layers[i].estimator = enum_names(used)[static_cast<std::size_t>(used)];
    }
    return weights_to_int(out_.graph, DType::kI8, true);
  }

  StaticInt8Options int8_options() const {
    return {.inputs = settings_.inputs,
            .outputs = settings_.outputs,
            .dense_per_channel = settings_.dense_per_channel,
            .keep_float = keep_float_};
  }

  // What is decided by the answers of the whole net.
  Status look_at_answers(GroupRanges& ranges) {
    if (!settings_.ranges_by_output && settings_.mixed == 0) return {};
    PAW_ASSIGN_OR_RETURN(const OutputNoise noise,
                         OutputNoise::create(graph_, examples_, kNoiseExamples, settings_.threads));
    if (settings_.ranges_by_output) {
      PAW_RETURN_IF_ERROR(choose_by_output(ranges, scale_groups(graph_, keep_float_), noise, progress_));
    }
    if (settings_.mixed == 0) return {};
    PAW_ASSIGN_OR_RETURN(const auto harms, measure_harm(noise, ranges.ranges, int8_options(), progress_));
    keep_float_ = keep_most_harmed(graph_, harms, settings_.mixed, keep_float_);
    double all = 0, kept = 0;
    for (const LayerHarm& harm : harms) {
      const auto row = std::ranges::find(layers_, harm.layer) - layers_.begin();
      LayerReport& report = out_.report.layers[static_cast<std::size_t>(row)];
      report.noise = harm.noise;
      all += harm.noise;
      if (!keep_float_[harm.layer.index]) continue;
      kept += harm.noise;
      report.kept_float = "suffers most";
    }
    out_.report.notes.push_back("layers that stay float32 take " +
                                std::to_string(static_cast<int>(all > 0 ? 100 * kept / all : 0)) +
                                " percent of the noise of integers away");
    return {};
  }

  Status improve() {
    if (!sees_examples()) {
      out_.report.notes.push_back("no photos: nothing was equalised, corrected or learned");
      return {};
    }
    if (!settings_.learn_rounding && settings_.bias_correction == BiasCorrection::kNone) return {};
    if (!settings_.learn_rounding && settings_.bias_correction == BiasCorrection::kAnalytic) {
      PAW_ASSIGN_OR_RETURN(const auto seen, observe(graph_, examples_, settings_.threads,
                                                    {.histograms = false, .channels = true, .watched = {}},
                                                    "measuring channels", progress_));
      return correct_biases(out_.graph, graph_, seen);
    }
    if (settings_.form != QuantForm::kStaticWi8Ai16) return learn(out_.graph);
    // 16-bit activations are nearly float: what is learned beside float ones holds.
    Graph beside_floats = graph_;
    PAW_RETURN_IF_ERROR(weights_to_int(beside_floats, DType::kI8, true));
    PAW_RETURN_IF_ERROR(learn(beside_floats));
    return copy_layers(beside_floats, out_.graph);
  }

  Status learn(Graph& graph) {
    const LearnSettings how{.rounding = settings_.learn_rounding, .examples = 128, .threads = settings_.threads};
    PAW_ASSIGN_OR_RETURN(const auto layers, learn_layers(graph, graph_, examples_, how, progress_));
    for (std::size_t i = 0; i < layers.size(); ++i) out_.report.layers[i].sqnr_db = layers[i].sqnr_db;
    return {};
  }

  Graph graph_;
  const CalibrationSet& examples_;
  const QuantiseSettings& settings_;
  const QuantiseProgress& progress_;
  std::vector<bool> keep_float_;  // by node id
  std::vector<NodeId> layers_;
  QuantisedGraph out_;
};

}  // namespace

Result<QuantisedGraph> quantise(const Graph& graph, const CalibrationSet& examples, const QuantiseSettings& settings,
                                const QuantiseProgress& progress) {
  return Quantisation(graph, examples, settings, progress).run();
}

}  // namespace paw
