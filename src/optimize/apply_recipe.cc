#include "optimize/apply_recipe.h"

#include <algorithm>

#include "optimize/palettize/learn_palettes.h"
#include "optimize/palettize/palettize.h"
#include "optimize/prune/channels.h"
#include "optimize/prune/magnitude.h"
#include "optimize/quantize/simulate.h"

namespace paw {

namespace {

Status check_float(const Graph& graph) {
  const auto quantised = std::ranges::find_if(graph.values, [](const Value& v) { return v.type.quant != nullptr; });
  if (quantised == graph.values.end()) return {};
  const auto id = ValueId(static_cast<std::size_t>(quantised - graph.values.begin()));
  return fail(ErrorCode::kUnsupported, "optimize", graph.label(id) + " is quantised already",
              "optimise the float model that it was made from");
}

Status narrow(QuantisedGraph& out, int percent, const CalibrationSet& examples, int threads,
              const QuantiseProgress& progress) {
  PAW_ASSIGN_OR_RETURN(PrunedChannels pruned,
                       prune_channels(out.graph, examples, {.percent = percent, .threads = threads}, progress));
  out.graph = std::move(pruned.graph);
  out.report.notes.push_back("channels: " + std::to_string(pruned.macs_before / 1'000'000) +
                             " million multiply-accumulates became " + std::to_string(pruned.macs_after / 1'000'000) +
                             " million");
  return {};
}

Status palettes(QuantisedGraph& out, const Recipe& recipe, const CalibrationSet& examples, int threads,
                const QuantiseProgress& progress) {
  const Graph floats = out.graph;
  PAW_RETURN_IF_ERROR(palettize(out.graph, recipe.palette, recipe.palette_group));
  if (const std::string note = other_palette_groups(out.graph, recipe.palette_group); !note.empty()) {
    out.report.notes.push_back(note);
  }
  if (examples.size() > 0) return learn_palettes(out.graph, floats, examples, {.threads = threads}, progress);
  out.report.notes.push_back("no photos: palettes are those nearest to the weights, and biases stay");
  return {};
}

// Quantisation-aware training: of weights and biases, at the scales that were measured.
Status train_integers(QuantisedGraph& quantised, const Retrain& retrain) {
  if (!retrain) {
    return fail(ErrorCode::kUsage, "qat_wi8_ai8", "has no photos to learn from",
                "give --calibrate the photos that the model was trained on, or take static_wi8_ai8");
  }
  PAW_ASSIGN_OR_RETURN(const Graph simulation, simulate(quantised.graph, quantised.floats));
  PAW_ASSIGN_OR_RETURN(const Graph trained, retrain(simulation, Student::kRounded));
  return take_trained(quantised.graph, trained);
}

}  // namespace

Result<QuantisedGraph> apply_recipe(const Graph& graph, const Recipe& recipe, const CalibrationSet& examples,
                                    QuantiseSettings settings, const Retrain& retrain,
                                    const QuantiseProgress& progress) {
  PAW_RETURN_IF_ERROR(check_float(graph));
  QuantisedGraph out{.graph = graph, .report = {}};
  if (recipe.channels != 0) PAW_RETURN_IF_ERROR(narrow(out, recipe.channels, examples, settings.threads, progress));
  if (recipe.channels != 0 && retrain) {
    PAW_ASSIGN_OR_RETURN(out.graph, retrain(out.graph, Student::kShrunk));
  }
  if (recipe.sparsity != 0) PAW_RETURN_IF_ERROR(prune_smallest(out.graph, recipe.sparsity, recipe.sparse_block));
  if (recipe.two_of_four) PAW_RETURN_IF_ERROR(prune_two_of_four(out.graph));
  if (recipe.palette != 0) PAW_RETURN_IF_ERROR(palettes(out, recipe, examples, settings.threads, progress));
  if (!recipe.form) return out;
  settings.form = *recipe.form;
  settings.mixed = recipe.mixed;
  if (recipe.trained) settings.learn_rounding = false;  // training does
  PAW_ASSIGN_OR_RETURN(QuantisedGraph quantised, quantise(out.graph, examples, settings, progress));
  if (recipe.trained) PAW_RETURN_IF_ERROR(train_integers(quantised, retrain));
  quantised.report.notes.insert(quantised.report.notes.begin(), out.report.notes.begin(), out.report.notes.end());
  return quantised;
}

}  // namespace paw
