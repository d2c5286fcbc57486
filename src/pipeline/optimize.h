// A smaller, faster model out of a float one: made by a recipe, written, opened again, and judged on photos that had no
// part in making it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/json.h"
#include "host/progress.h"
#include "optimize/quantize/quantise.h"
#include "pipeline/auto_recipe.h"
#include "pipeline/fine_tune.h"
#include "pipeline/latency.h"
#include "pipeline/load.h"

namespace paw {

struct OptimizeSettings {
  ModelSource source;
  std::string output;     // its suffix says the format
  std::string recipe;     // parse_recipe(), or "auto"
  std::string calibrate;  // photos that the model is tuned with; empty: only recipes that need none
  std::string evaluate;   // photos that judge the result; empty: others of `calibrate`, or drawn ones
  std::vector<std::filesystem::path> judges;  // instead of `evaluate`: these photos
  std::string target;                         // of target_names(); empty: the widest of the format
  double max_drop = 0.01;  // of accuracy, or, where photos have no labels, of agreement with the float model
  QuantiseSettings quantise;
  Effort effort = Effort::kQuick;  // kFull learns how to round weights, fine-tunes, and tries more recipes
  bool fine_tune = false;          // what has lost channels
  std::string student;             // a built-in net that learns from the model and takes its place; empty: none
  FineTuneSettings tuning;         // its threads are those of `quantise`
  bool force = false;
  bool resume = false;  // "auto" goes on where it was stopped
};

struct OptimizeResult {
  std::string input, output, format, target, recipe;
  std::uint64_t bytes = 0, zipped_bytes = 0;
  std::uint64_t float_bytes = 0;   // weights of the float model at four bytes each
  std::vector<TriedRecipe> tried;  // by "auto"
  TrainHistory fine_tuning;        // its epochs, if there were any
  Comparison verified;
  Latency latency;
  double max_drop = 0;
  QuantiseReport report;
  std::vector<std::string> notes;
  double seconds = 0;       // in all
  double make_seconds = 0;  // without judging
};

// Nothing stands under `output` before the file was read back and judged. A drop beyond `max_drop`: the file is left as
// OUTPUT.rejected, and the error is kGateFailed; it names the layers that were hurt most and a recipe to try. Other
// errors: kResumeRefused: see TrialLog. kUsage: flags, recipe, the output's suffix; kIo: the output is there (without
// force), or cannot be written; kBadData: photos; kUnsupported: the model is quantised, or the format cannot hold the
// result; kDiverged: fine-tuning.
Result<OptimizeResult> optimize(const OptimizeSettings& settings, Progress& progress);

Json to_json(const OptimizeResult& result);
std::string to_text(const OptimizeResult& result);

}  // namespace paw
