// `paw demo`: the whole job on an embedded default, as far as the stages exist: cats and dogs drawn by code, pawnet
// trained on them, written for phones and made small, held-out pictures predicted.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/draw_data.h"
#include "pipeline/exports.h"
#include "pipeline/predict.h"
#include "pipeline/train.h"

namespace paw {

struct DemoSettings {
  std::string out = "paw-demo";  // the run folder; the pictures are in its folder "drawn"
  std::int64_t count = 1000, size = 224, epochs = 10;
  std::int64_t threads = 0;  // 0: all processors
  bool force = false;        // replace an existing run
};

struct DemoResult {
  DrawResult drawn;
  TrainPhotosResult trained;
  Exports exports;
  PredictResult predicted;  // pictures of the test split, some of each class
  std::uint64_t bytes = 0;  // of the model file
};

// Errors: those of draw_data, train_photos, export_model and predict.
Result<DemoResult> run_demo(const DemoSettings& settings, Progress& progress);

Json to_json(const DemoResult& result);
std::string to_text(const DemoResult& result);

}  // namespace paw
