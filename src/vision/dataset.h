// What is in a folder of photos: every file with its class, its hash and, where it cannot be used, why. Reads names and
// bytes; whether the bytes are a photo is for the data gate to say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/progress.h"
#include "host/sha256.h"
#include "ir/model.h"

namespace paw {

// What the scan says of a file or folder. Later checks add their own kinds as text; manifests keep the names.
enum class Verdict : std::uint8_t {
  kOk,
  kSystemFile,    // hidden, or written by an operating system (.DS_Store, Thumbs.db): passed over
  kMisplaced,     // a file that is in no class folder, or a folder within one
  kLinkOutside,   // a symbolic link that leads out of the data set: not followed
  kBrokenLink,    // a symbolic link that leads nowhere
  kNotAFile,      // a pipe, a device, a socket
  kUnreadable,    // no permission, or an error of the disk
  kNameNotUtf8,   // labels and manifests are text
  kEmptyClass,    // a class folder without a usable photo
  kTooFewPhotos,  // a class folder with one photo: nothing to learn from and test with
};
std::string_view name(Verdict verdict);  // "ok", "system_file", ...

// One file or, for verdicts on classes, one folder.
struct DatasetEntry {
  std::string path;            // relative to the data set, with '/'; bytes as the file system has them
  std::string label;           // the class; empty: in none
  std::optional<Split> split;  // from a train, val or test folder
  Sha256 sha256{};             // of the file's bytes; zeros unless ok
  std::uint64_t bytes = 0;
  Verdict verdict = Verdict::kOk;
  std::string reason;  // one sentence; empty when ok
  bool ok() const { return verdict == Verdict::kOk; }
};

struct Dataset {
  std::filesystem::path root;
  std::vector<std::string> classes;   // sorted; every class folder, usable photos or not
  bool split_by_folder = false;       // train, val or test folders were given
  std::vector<DatasetEntry> entries;  // sorted by path, byte by byte
};

// Scans `root`: one folder per class, or folders named train, val and test (two of them at least, and nothing else that
// is visible) with one folder per class each. The result does not depend on the order of the file system. Every file is
// read once for its hash; `progress` counts files. kIo: the root is missing, no folder or unreadable. kBadData: no
// class folder.
Result<Dataset> scan_dataset(const std::filesystem::path& root, Progress& progress);

}  // namespace paw
