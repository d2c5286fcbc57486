// A model's answer to photos, with a trace of the three layers: preprocessing, inference op by op, post-processing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"

namespace paw {

struct PredictSettings {
  std::string model;                // a model file
  std::vector<std::string> images;  // photo files; "-": standard input
  std::int64_t top = 5;
  std::int64_t threads = 1;
  bool trace = false;
};

struct Prediction {
  std::string label;  // the class's number where the model has no labels
  std::int64_t index = 0;
  double score = 0;
};

// What one node of the graph as it runs gave.
struct LayerTrace {
  std::string name, op, shape, dtype;
  double min = 0, max = 0, mean = 0, std = 0, zeros = 0;  // zeros: share of the elements
  double ms = 0;
};

struct PhotoAnswer {
  std::string path;
  std::vector<Prediction> predictions;  // best first
  bool sure = true;                     // the best score reaches the model's threshold
  double preprocess_ms = 0, inference_ms = 0, postprocess_ms = 0;
  std::vector<std::string> preprocess_trace;  // lines for people
  std::vector<LayerTrace> layers;
  std::vector<std::string> postprocess_trace;
  std::string warning;  // of decoding
};

struct PredictResult {
  std::string model;
  std::vector<PhotoAnswer> images;
};

// kUsage: nothing to predict, numbers out of range. kIo, kBadData: a photo. kIo, kUnsupported: the model.
Result<PredictResult> predict(const PredictSettings& settings);

Json to_json(const PredictResult& result);
std::string to_text(const PredictResult& result);

}  // namespace paw
