// A new classifier for a model whose features have changed, taught by the model that it was made from.
#pragma once

#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/epochs.h"
#include "pipeline/train.h"
#include "train/data.h"

namespace paw {

// Photos with what a teacher says of them as targets; `plain` those to learn from without augmentation.
struct TaughtPhotos {
  const ExampleSource &plain, &augmented, &tuning;
};

// `student` with a classifier on its features that begins with random weights and learns from the plain view of each
// photo and augmented ones, as in transfer (train/transfer.h); the epoch with the least cross-entropy over the tuning
// photos, which is `history.best`. What a layer was fitted to by squares, a few logits of confident answers, leaves it
// with many weights that no photo asked for: here it learns what to answer. kUnsupported: it has no features.
Result<Model> with_taught_classifier(const Model& student, const TaughtPhotos& photos, std::uint64_t seed, int threads,
                                     const TrainPhotosEvents& events, TrainHistory& history, Progress& progress);

}  // namespace paw
