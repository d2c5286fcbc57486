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

// What is said of a file or folder. Kept in manifests by name.
enum class Verdict : std::uint8_t {
  kOk,
  kSystemFile,   // hidden, or written by an operating system (.DS_Store, Thumbs.db): passed over
  kMisplaced,    // a file that is in no class folder, or a folder within one
  kLinkOutside,  // a symbolic link that leads out of the data set: not followed
  kBrokenLink,   // a symbolic link that leads nowhere
  kLinkFolder,   // a symbolic link to a folder: not followed, it could lead in circles
  kNotAFile,     // a pipe, a device, a socket
  kUnreadable,   // no permission, or an error of the disk
  kNameNotUtf8,  // labels and manifests are text
  kEmptyClass,   // a class folder without a usable photo
  kOnePhoto,     // a class folder with one usable photo: nothing to learn from and to test with
};
std::string_view name(Verdict verdict);  // "ok", "system_file", ...

// One file or, for verdicts on folders, one folder.
struct DatasetEntry {
  std::string path;              // relative to the root, '/' between names; bytes as the file system has them
  std::string label;             // its class; empty: in none
  std::optional<Split> split;    // from a train, val or test folder
  std::optional<Sha256> sha256;  // of the bytes, when they were read
  std::uint64_t bytes = 0;
  Verdict verdict = Verdict::kOk;
  std::string reason;  // one sentence; empty when ok
  bool ok() const { return verdict == Verdict::kOk; }
};

struct Dataset {
  std::filesystem::path root;
  std::vector<std::string> classes;   // sorted: every class folder, also one without a usable photo
  bool split_by_folder = false;       // train, val and test folders were given
  std::vector<DatasetEntry> entries;  // sorted by path, byte by byte
};

// Scans `root`: one folder per class, or, when a folder `train` is there and all visible folders are among train, val
// and test, one folder per class in each. Files stand in class folders, not below them. The result does not depend on
// the order of the file system. Every file is read once, for its hash; `progress` counts files. Symbolic links to files
// within the root are followed. kIo: the root is missing, not a folder, or unreadable. kBadData: no class folder.
Result<Dataset> scan_dataset(const std::filesystem::path& root, Progress& progress);

}  // namespace paw
