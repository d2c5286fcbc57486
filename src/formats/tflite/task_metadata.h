// What task libraries (MediaPipe, TFLite Task Library, ML Kit) and we ourselves read of a .tflite file beside its
// graph: how pixels are normalised, labels, and our own record.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/tflite/load.h"
#include "formats/tflite/photos.h"
#include "ir/model.h"
#include "record/model_text.h"

namespace paw::tflite {

// Names of entries in the file's list of metadata.
inline constexpr std::string_view kTaskMetadata = "TFLITE_METADATA";
inline constexpr std::string_view kLabelsFile = "labels.txt";

struct TaskMetadata {
  std::optional<Normalization> normalization;
  std::string labels_file;  // name in the packed archive; empty: none
  ModelText text;
};
Result<TaskMetadata> read_task_metadata(const File& file);
// The contents of the metadata entry of that name.
Result<std::optional<Bytes>> metadata_entry(const File& file, std::string_view name);

// For a model that takes photos, has labels, or has texts.
Bytes write_task_metadata(const Model& model, const ModelText& text);

}  // namespace paw::tflite
