// A model's answers to photos, with a trace of the three layers: preprocessing, inference op by op, post-processing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "pipeline/trace.h"

namespace paw {

struct PredictSettings {
  std::string model;                // a model file
  std::vector<std::string> images;  // photo files; "-": standard input
  std::int64_t top = 5;
  std::int64_t threads = 1;
  bool trace = false;
  std::string trace_images;  // a folder for the pictures of a trace, which it asks for too; empty: none
  bool force = false;        // write into that folder when it is there
};

struct Prediction {
  std::string label;  // the class's number where the model has no labels
  std::int64_t index = 0;
  double score = 0;
};

struct PhotoAnswer {
  std::string path;
  std::optional<Error> error;           // nothing else is known then
  std::vector<Prediction> predictions;  // best first
  bool sure = true;                     // the best score reaches the model's threshold
  double preprocess_ms = 0, inference_ms = 0, postprocess_ms = 0;
  std::vector<std::string> preprocess_trace;  // lines for people
  std::vector<LayerTrace> layers;
  std::vector<std::string> postprocess_trace;
  std::string warning;       // of decoding
  std::string trace_images;  // the folder of its pictures
};

struct PredictResult {
  std::string model;
  std::vector<PhotoAnswer> images;  // in the order they were named

  const Error* first_error() const;  // null: all photos have their answer
};

// kUsage: nothing to predict, numbers out of range. kIo, kUnsupported: the model. kIo: the folder of pictures is there.
// What is wrong with a photo (kIo, kBadData; kUsage for a folder) is its own error among several, and the error of all
// when it is the only one.
Result<PredictResult> predict(const PredictSettings& settings);

Json to_json(const PredictResult& result);
std::string to_text(const PredictResult& result);

}  // namespace paw
