// Files packed behind a flatbuffer: a zip archive whose entries are stored as they are, so that they can be mapped.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paw::tflite {

struct PackedFile {
  std::string name;
  std::string contents;
};
// `flatbuffer` and the archive behind it, offsets counted from the start of all. The same files give the same bytes.
Bytes pack_files(const Bytes& flatbuffer, const std::vector<PackedFile>& files);

// The contents of one packed file of at most `limit` bytes; nothing when there is no such. Names are never used as
// paths. Errors: a damaged archive, an entry that is compressed, encrypted or too large.
Result<std::optional<std::string>> packed_file(const Bytes& file, const std::string& name, std::size_t limit,
                                               const std::string& where);

}  // namespace paw::tflite
