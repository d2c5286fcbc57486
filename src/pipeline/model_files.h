// The model files that this program knows: how each is recognised, read and written. A new format is one entry here.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/model.h"
#include "record/model_text.h"

namespace paw {

// How a model is to be written, for formats that leave a choice.
struct WriteChoices {
  std::string target;   // of target_names(); empty: the widest that the format has
  bool pixels = false;  // the input takes bytes 0..255 instead of normalised floats
  std::string name;     // of the model, where `text` has no description
  ModelText text;       // goes into the file where the format has a place for it
};

struct ModelFormat {
  std::string_view name;    // "paw", "tflite": in results
  std::string_view suffix;  // ".paw": what chooses it for writing
  std::string_view title;   // "TensorFlow Lite"
  // Is it this? `file`: its bytes; empty for a folder.
  bool (*recognises)(const std::filesystem::path& path, std::span<const std::byte> file);
  // Null: never read back (plans). The whole of it; errors name `path`.
  Result<ReadModel> (*read)(const std::filesystem::path& path) = nullptr;
  // Writes the model, which is in export form unless the format is our own. `notes`: what was changed, a sentence each.
  Status (*write)(const Model& model, const WriteChoices& choices, const std::filesystem::path& path,
                  std::vector<std::string>& notes) = nullptr;
  bool own = false;         // takes the model as it is, not only in export form
  bool half = false;        // computes in float16: wants the ranges of values to be known
  double tolerance = 1e-4;  // largest difference of a score that storing it may make
};

std::span<const ModelFormat> model_formats();

// By content, never by suffix. kIo: not there or unreadable. kUnsupported: not a model file that is known.
Result<const ModelFormat*> recognise_model(const std::filesystem::path& path);
// By suffix. kUsage: none; the nearest known one is named.
Result<const ModelFormat*> format_to_write(const std::filesystem::path& path);

// A file or a folder (.mlpackage) in bytes, links not followed. 0: not there.
std::uint64_t bytes_on_disk(const std::filesystem::path& path);

}  // namespace paw
