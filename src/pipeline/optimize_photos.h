// Which photos a model is optimised with, and which ones judge the result.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ir/model.h"
#include "optimize/calibration.h"
#include "pipeline/trial_photos.h"

namespace paw {

struct OptimizePhotos {
  std::unique_ptr<TrialPhotos> calibration;  // null: none were given
  std::unique_ptr<TrialPhotos> validation;   // null: not asked for
  std::unique_ptr<TrialPhotos> evaluation;
  std::vector<std::filesystem::path> learning, tuning;  // empty: not asked for
  std::vector<std::string> notes;
};

// Beside what calibrates and judges.
struct WantedPhotos {
  bool validation = false;                             // to choose among results
  bool learning = false;                               // to train with, and to tell which epoch was the best
  std::vector<std::filesystem::path> evaluation = {};  // when not empty: these judge, and nothing is looked for
};

inline constexpr std::size_t kFewestLearning = 64, kFewestTuning = 20;

// Calibration: at most 128 photos of the folder `calibrate`, evenly spread over its paths in order; where the model
// carries the hashes of training photos that are there, of these alone. Evaluation: the photos of the folder `evaluate`
// (empty: of `calibrate`) that neither calibrate nor are among those that the model was trained or tuned on. Where none
// is left, or there is one photo only, the same photos do both, and a note says so. Both empty: drawn photos judge.
// Validation: of the photos of `calibrate` that do not calibrate those that the model was tuned on; where it carries
// none, every second one, which then does not evaluate. Learning: those that the model was trained on; tuning: those
// that it was tuned on, or, where these are fewer than 20, a tenth of the former. A model that carries no hashes learns
// from all of `calibrate`, which then must be other photos than those of `evaluate`. Errors: those of photo_files();
// kBadData: fewer than 64 photos to learn from; kUsage: none to judge a model without hashes.
Result<OptimizePhotos> choose_optimize_photos(const Model& model, const std::string& calibrate,
                                              const std::string& evaluate, WantedPhotos wanted = {});

// The photos through the model's preprocessing. Those that cannot be decoded are left out with a warning. kBadData: not
// one is left. kUnsupported: the model takes no photos.
Result<CalibrationSet> calibration_set(const Model& model, TrialPhotos& photos, Progress& progress);

}  // namespace paw
