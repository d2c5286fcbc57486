// The photos of a run as its manifest lists them, found again on disk: what later stages take, and whether they are
// still what the run was started with.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "vision/manifest.h"

namespace paw {

class RunPhotos {
 public:
  RunPhotos() = default;
  // `manifest`: the run's manifest.csv; `root`: the folder of class folders. Errors: those of reading the manifest.
  static Result<RunPhotos> open(const std::filesystem::path& manifest, const std::string& root);

  // kResumeRefused: a photo has gone, changed or come; the first of them is named. Reads every photo.
  Status unchanged() const;
  // kBadData: a photo that is used has gone.
  Status still_there() const;

  // Test photos, at most so many, evenly spread over the manifest.
  std::vector<std::filesystem::path> test(std::size_t most) const;
  // Test photos, the first so many of each class.
  std::vector<std::filesystem::path> test_of_each_class(std::size_t each) const;

  const std::string& root() const { return root_; }

 private:
  struct Photo {
    std::filesystem::path path;
    ManifestRow row;
  };
  std::string root_;
  std::vector<Photo> photos_;  // in the order of the manifest
};

}  // namespace paw
