#include "optimize/apply_recipe.h"

#include <algorithm>
#include <cmath>

#include "optimize/palettize/learn_palettes.h"
#include "optimize/palettize/palettize.h"
#include "optimize/prune/channels.h"
#include "optimize/prune/learn_zeros.h"
#include "optimize/prune/magnitude.h"
#include "optimize/simulate.h"

namespace paw {

namespace {

constexpr int kSparsitySteps = 4;

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

// Weights and biases are trained as `small` stores them: integers at their scales, zeros and palettes as they are.
Status train_stored(Graph& small, const Graph& floats, const Retrain& retrain, std::int64_t epochs = 0) {
  PAW_ASSIGN_OR_RETURN(const Graph simulation, simulate(small, floats));
  PAW_ASSIGN_OR_RETURN(const Graph trained, retrain(simulation, Student::kSimulated, epochs));
  return take_trained(small, trained);
}

// All at once, or, where there is training, a few more before each of kSparsitySteps trainings, ever fewer at a time:
// step t of n leaves s (1 - (1 - t / n)^3) of the weights zero (Zhu & Gupta 2017).
Status zeros(Graph& graph, const SparsityPattern& pattern, const CalibrationSet& examples, int threads,
             const Retrain& retrain, const QuantiseProgress& progress) {
  const int steps = retrain && !pattern.two_of_four ? kSparsitySteps : 1;
  for (int t = 1; t <= steps; ++t) {
    const double rest = 1 - static_cast<double>(t) / steps, share = 1 - rest * rest * rest;
    SparsityPattern now = pattern;
    now.percent = std::max(1, static_cast<int>(std::lround(pattern.percent * share)));
    const Graph before = graph;
    PAW_RETURN_IF_ERROR(prune_magnitude(graph, now));
    if (examples.size() > 0) {
      PAW_RETURN_IF_ERROR(learn_zeros(graph, before, now, examples, {.threads = threads}, progress));
    }
    if (retrain) PAW_RETURN_IF_ERROR(train_stored(graph, graph, retrain, t < steps ? 1 : 0));
  }
  return {};
}

Status check_trains(const Recipe& recipe, const Retrain& retrain) {
  if (!recipe.trained || retrain) return {};
  return fail(ErrorCode::kUsage, "qat_wi8_ai8", "has no photos to learn from",
              "give --calibrate the photos that the model was trained on, or take static_wi8_ai8");
}

}  // namespace

Result<QuantisedGraph> apply_recipe(const Graph& graph, const Recipe& recipe, const CalibrationSet& examples,
                                    QuantiseSettings settings, const Retrain& retrain,
                                    const QuantiseProgress& progress) {
  PAW_RETURN_IF_ERROR(check_float(graph));
  PAW_RETURN_IF_ERROR(check_trains(recipe, retrain));
  QuantisedGraph out{.graph = graph, .report = {}};
  if (recipe.channels != 0) PAW_RETURN_IF_ERROR(narrow(out, recipe.channels, examples, settings.threads, progress));
  if (recipe.channels != 0 && retrain) {
    PAW_ASSIGN_OR_RETURN(out.graph, retrain(out.graph, Student::kShrunk, 0));
  }
  if (recipe.sparsity != 0 || recipe.two_of_four) {
    const SparsityPattern pattern{
        .percent = recipe.sparsity, .block = recipe.sparse_block, .two_of_four = recipe.two_of_four};
    PAW_RETURN_IF_ERROR(zeros(out.graph, pattern, examples, settings.threads, retrain, progress));
  }
  if (recipe.palette != 0) {
    PAW_RETURN_IF_ERROR(palettes(out, recipe, examples, settings.threads, progress));
    if (retrain) PAW_RETURN_IF_ERROR(train_stored(out.graph, out.graph, retrain));
  }
  if (!recipe.form) return out;
  settings.form = *recipe.form;
  settings.mixed = recipe.mixed;
  settings.weight_block = recipe.weight_block;
  if (recipe.trained) settings.learn_rounding = false;  // training does
  PAW_ASSIGN_OR_RETURN(QuantisedGraph quantised, quantise(out.graph, examples, settings, progress));
  if (recipe.trained) PAW_RETURN_IF_ERROR(train_stored(quantised.graph, quantised.floats, retrain));
  quantised.report.notes.insert(quantised.report.notes.begin(), out.report.notes.begin(), out.report.notes.end());
  return quantised;
}

}  // namespace paw
