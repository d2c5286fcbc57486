// What is in a folder of photos: every file with its class, its hash and, where it cannot be used, why. Reads names and
// bytes; whether the bytes are a photo is for the data gate to say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/progress.h"
#include "host/sha256.h"
#include "ir/model.h"
#include "vision/verdict.h"

namespace paw {

// One file or, for verdicts on folders, one folder.
struct DatasetEntry {
  std::string path;              // relative to the root, '/' between names; bytes as the file system has them
  std::string label;             // its class; empty: in none
  std::optional<Split> split;    // from a train, val or test folder
  std::optional<Sha256> sha256;  // of the bytes, when they were read
  std::uint64_t bytes = 0;
  Verdict verdict = Verdict::kOk;
  std::string reason;                       // one sentence per finding; empty when ok
  std::optional<std::uint32_t> group = {};  // of near-duplicates, which stay on one side of a split
  bool usable() const { return paw::usable(verdict); }
};

struct Dataset {
  std::filesystem::path root;
  std::vector<std::string> classes;   // sorted: every class folder, also one without a usable photo
  std::vector<std::string> folders;   // of each class the path, the first one when there are several
  bool split_by_folder = false;       // train, val and test folders were given
  std::vector<DatasetEntry> entries;  // sorted by path, byte by byte
};

// Scans `root`: one folder per class, or, when a folder `train` is there and all visible folders are among train, val
// and test, one folder per class in each. Files stand in class folders, not below them. The result does not depend on
// the order of the file system. Every file is read once, for its hash; `progress` counts files. Symbolic links to files
// within the root are followed. kIo: the root is missing, not a folder, or unreadable. kBadData: no class folder.
Result<Dataset> scan_dataset(const std::filesystem::path& root, Progress& progress);

// Says of each class with one usable photo or none what that means, as an entry for its folder; takes back what it said
// before.
void judge_classes(Dataset& dataset);

}  // namespace paw
