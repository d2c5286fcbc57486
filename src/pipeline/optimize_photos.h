// Which photos a model is optimised with, and which ones judge the result.
#pragma once

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
  std::vector<std::string> notes;
};

// Calibration: at most 128 photos of the folder `calibrate`, evenly spread over its paths in order; where the model
// carries the hashes of training photos that are there, of these alone. Evaluation: the photos of the folder `evaluate`
// (empty: of `calibrate`) that neither calibrate nor are among those that the model was trained or tuned on. Where none
// is left, or there is one photo only, the same photos do both, and a note says so. Both empty: drawn photos judge.
// Validation (`validate`; to choose among results): of the photos of `calibrate` that do not calibrate those that the
// model was tuned on; where it carries none, every second one, which then does not evaluate. Errors: those of
// photo_files().
Result<OptimizePhotos> choose_optimize_photos(const Model& model, const std::string& calibrate,
                                              const std::string& evaluate, bool validate = false);

// The photos through the model's preprocessing. Those that cannot be decoded are left out with a warning. kBadData: not
// one is left. kUnsupported: the model takes no photos.
Result<CalibrationSet> calibration_set(const Model& model, TrialPhotos& photos, Progress& progress);

}  // namespace paw
