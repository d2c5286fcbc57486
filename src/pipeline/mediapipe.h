// What MediaPipe's image classifier asks of a file, and what its stretching costs. docs/convert.md has the rules.
#pragma once

#include <string>

#include "base/error.h"
#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/trial_photos.h"

namespace paw {

// `model`, in export form: one mean and deviation for all channels; per-channel ones go into the graph, which then
// takes pixels as floats. kUnsupported: no photo model.
Status fit_mediapipe(Model& model);

// One sentence on what it costs that MediaPipe stretches photos to the input's size, measured on `photos`; empty when
// that is the model's own geometry.
Result<std::string> stretch_cost(const Model& model, TrialPhotos& photos, int threads, Progress& progress);

}  // namespace paw
