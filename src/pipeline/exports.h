// The files of a trained model for phones, in RUN/exports, each with a NAME.json that says how it answers.
#pragma once

#include <string>
#include <vector>

#include "pipeline/convert.h"
#include "pipeline/optimize.h"

namespace paw {

struct ExportSettings {
  std::string model;   // model.paw
  std::string photos;  // that it was trained on: known ones calibrate and choose, its test photos judge
  std::string folder;  // RUN/exports; made if it is not there, files in it are replaced
  double max_drop = 0.01;
  Effort effort = Effort::kQuick;
  std::int64_t threads = 1;
};

struct Exports {
  std::vector<ConvertResult> converted;   // model.tflite, model.mlmodel, model.mlpackage
  std::vector<OptimizeResult> optimized;  // model_small.tflite
  std::vector<std::string> refused;       // what did not pass its gate, and why
};

// Errors: those of convert() and optimize(), except kGateFailed of the latter, which goes to `refused`.
Result<Exports> export_model(const ExportSettings& settings, Progress& progress);

Json to_json(const Exports& exports);
// A line per file.
std::string to_text(const Exports& exports);

}  // namespace paw
