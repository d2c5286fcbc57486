// A pretrained net on the photos of a run that trains from scratch, so that the two ways can be compared.
#pragma once

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/train_settings.h"

namespace paw {

// One way of training, for the table: {"way", "epochs", "best_epoch", "val_accuracy", "test_accuracy", "seconds"}.
// `trained`: the result of a training as run.json has it.
Json way_record(const Json& trained, double seconds);

// Trains the usual backbone, where it is here, as `scratch` was trained, in the folder "transfer" of its run folder,
// which goes on where it was. Its way_record; null, told to `progress`, when the backbone is not here. Errors: those of
// train_photos.
Result<Json> transfer_beside(const TrainPhotosSettings& scratch, Progress& progress);

}  // namespace paw
