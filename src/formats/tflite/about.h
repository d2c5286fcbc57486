// What a .tflite file says of itself beside its graph, and what its bytes are spent on: for people.
#pragma once

#include "formats/tflite/load.h"
#include "formats/tflite/task_metadata.h"
#include "ir/model.h"

namespace paw::tflite {

// Fills `out.metadata` and `out.parts`.
void tell_about(const File& file, const TaskMetadata& metadata, ReadModel& out);

}  // namespace paw::tflite
