// A folder of photos to a trained model with an honest test score: the first stage of a run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/calibrate.h"
#include "pipeline/classification.h"
#include "pipeline/epochs.h"
#include "pipeline/photo_data.h"
#include "pipeline/train_settings.h"

namespace paw {

class RunFolder;

// A photo whose label looks wrong.
struct LikelyMislabel {
  std::string path;  // in the data set
  std::string label, suggested;
  double score = 0;  // of the suggested label
};

struct TrainPhotosResult {
  std::string run, model;  // folder; model.paw in it
  std::string way;         // "transfer from efficientnet-lite0", "pawnet from scratch"
  std::vector<std::string> labels;
  std::int64_t train = 0, val = 0, test = 0, left_out = 0;  // photos
  std::vector<EpochRow> epochs;
  std::int64_t best_epoch = 0;
  CalibrationReport calibration;
  std::vector<LikelyMislabel> likely_mislabels;  // most suspicious first
  ClassificationReport report;                   // on the test photos, by the model file read again
  PhotoData data;
};

struct TrainPhotosEvents {
  std::function<void(const std::string&)> note;  // what was found or decided
  std::function<void(const EpochRow&)> epoch_done;
};

// Errors: kUsage: settings. kBadData: no class folders, too few photos. kIo: reading, writing. kDiverged.
// kResumeRefused: settings.resume, and what the run was started with differs. Whatever was written before stays; with
// settings.resume the run goes on from its last epoch and ends in the same bytes.
Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events);

// The same as a stage of a larger run, whose folder is open; `record` is what run.json holds, or an empty object.
Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events, const RunFolder& folder, Json& record);

Json to_json(const LikelyMislabel& mislabel);
std::string to_text(const LikelyMislabel& mislabel);
Json to_json(const TrainPhotosResult& result);
std::string to_text(const TrainPhotosResult& result);
// Notes, and the table of epochs line by line, to `progress`, which outlives them.
TrainPhotosEvents show_on(Progress& progress);

}  // namespace paw
