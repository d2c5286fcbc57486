// Which files are Core ML's, by content.
#include <nlohmann/json.hpp>

#include "formats/coreml/coreml_file.h"
#include "formats/coreml/lists.h"
#include "host/file.h"
#include "host/json.h"

namespace paw {

// A specification version, then fields of which one, numbered 200 or more, is the model. Other protobuf files (ONNX,
// SavedModel) begin alike, but have no such field.
bool is_mlmodel(std::span<const std::byte> file) {
  std::size_t at = 0;
  std::uint64_t tag = 0, value = 0;
  if (!coreml::read_varint(file, at, tag) || tag != 8 || !coreml::read_varint(file, at, value) || value < 1 ||
      value > 100)
    return false;
  bool model = false;
  while (at < file.size()) {
    if (!coreml::read_varint(file, at, tag) || !coreml::read_varint(file, at, value)) return false;
    const std::uint64_t number = tag >> 3;
    if ((tag & 7) == 0 && number == 10) continue;
    if ((tag & 7) != 2 || value > file.size() - at) return false;
    if (number != 2 && number < 200) return false;
    model = model || number >= 200;
    at += static_cast<std::size_t>(value);
  }
  return model;
}

bool is_mlpackage(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return false;
  const auto bytes = map_file(folder / "Manifest.json");
  if (!bytes || bytes->size() > (std::size_t{1} << 20)) return false;
  const auto json = parse_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, "");
  return json && json->is_object() && json->contains("itemInfoEntries");
}

}  // namespace paw
