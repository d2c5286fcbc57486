// What a run's record says of files: their hashes, names that are the same wherever the run folder stands, and where
// the run was made.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"

namespace paw {

// SHA-256 of a file, in hexadecimal. Of a folder: of its files' lines "HASH  PATH\n", sorted by path. kIo.
Result<std::string> tree_hash(const std::filesystem::path& path);

// Every text in `json` without the paths of these folders: "RUN/exports/a" is "exports/a". First the first.
void leave_out_folders(Json& json, const std::vector<std::string>& folders);

// {"started", "name", "processors", "photos"}: when and where, and the absolute path of the photos.
Json host_record(const std::string& photos);

}  // namespace paw
