// Between which numbers the values of a model lie on photos: for formats that must know what fits into float16.
#pragma once

#include "base/error.h"
#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/trial_photos.h"

namespace paw {

// Runs `model` on the photos (64 at most, spread over all) and states the range of every float32 value that a node
// makes in model.calibration. Values without a name get one, after their node's source. A photo that cannot be decoded
// is left out with a warning. kUnsupported: the model takes no photos or does not run; kBadData: a value that is not
// finite.
Status measure_ranges(Model& model, TrialPhotos& photos, int threads, Progress& progress);

}  // namespace paw
