// Where every verb gets its model from: a file of any format that is read, or a built-in net.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/model.h"
#include "record/model_text.h"

namespace paw {

// Exactly one of the two is set.
struct ModelSource {
  std::string path;  // a model file; its format is known by content, never by suffix
  std::string net;   // a built-in net's name

  // How messages and results call it.
  const std::string& name() const { return path.empty() ? net : path; }
};

struct LoadedModel {
  Model model;
  std::string format;  // "paw", "tflite", ...; "net" for a built-in one
  // As in ReadModel.
  std::vector<std::string> notes;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::pair<std::string, std::uint64_t>> parts;
  std::uint64_t file_bytes = 0;  // 0 for a built-in net
};

// What the file says of itself in words.
ModelText text_of(const LoadedModel& loaded);

// kUsage: neither or both given, unknown net. kIo: unreadable. kUnsupported: not a model that is read, or broken.
// Built-in nets come with zero weights unless `random_weights` (then seeded by 0).
Result<LoadedModel> load_model(const ModelSource& source, bool random_weights = false);

}  // namespace paw
