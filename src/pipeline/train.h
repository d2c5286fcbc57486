// A folder of photos to a trained model with an honest test score: the first stage of a run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/classification.h"

namespace paw {

struct TrainPhotosSettings {
  std::string photos, out;  // folder of class folders; run folder
  std::string net;          // a built-in net, from scratch; empty: transfer where the backbone is there, else pawnet
  std::string backbone;     // "none": from scratch; empty: efficientnet-lite0 where it is there
  std::int64_t epochs = 10, batch = 32;
  std::int64_t size = 0;  // of the input; 0: the net's published one
  std::int64_t seed = 0;
  std::int64_t threads = 0;  // 0: all processors
  bool force = false;
};

struct EpochRow {
  std::int64_t epoch = 0;
  double loss = 0, accuracy = 0, val_loss = 0, val_accuracy = 0, learning_rate = 0, images_per_s = 0, seconds = 0;
};

struct TrainPhotosResult {
  std::string run, model;  // folder; model.paw in it
  std::string way;         // "transfer from efficientnet-lite0", "pawnet from scratch"
  std::vector<std::string> labels;
  std::int64_t train = 0, val = 0, test = 0, left_out = 0;  // photos
  std::vector<EpochRow> epochs;
  std::int64_t best_epoch = 0;
  ClassificationReport report;  // on the test photos, by the model file read again
};

struct TrainPhotosEvents {
  std::function<void(const std::string&)> note;  // what was found or decided
  std::function<void(const EpochRow&)> epoch_done;
};

// Errors: kUsage: settings. kBadData: no class folders, too few photos. kIo: reading, writing. kDiverged. Whatever was
// written before stays.
Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events);

Json to_json(const TrainPhotosResult& result);
std::string to_text(const TrainPhotosResult& result);
// A line of the epoch table, and what stands above it.
std::string epoch_header();
std::string epoch_line(const EpochRow& row);

}  // namespace paw
