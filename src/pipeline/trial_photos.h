// Photos on which two models are compared: those of a folder, or drawn ones when none is given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/progress.h"
#include "vision/image.h"

namespace paw {

struct TrialPhoto {
  Image image;        // upright, sRGB
  std::string name;   // as messages call it
  std::string label;  // the folder that it stands in; of drawn ones "cat" or "dog"
};

class TrialPhotos {
 public:
  virtual ~TrialPhotos() = default;
  virtual std::int64_t size() const = 0;
  // kBadData, kIo: cannot be decoded or read.
  virtual Result<TrialPhoto> read(std::int64_t index) = 0;
};

// Every image file below the folder, at any depth, sorted by path; hidden files and links aside. One photo file is
// taken as a folder of one. kIo: not there. kBadData: no image in it.
Result<std::vector<std::filesystem::path>> photo_files(const std::string& folder);

std::unique_ptr<TrialPhotos> trial_photos(std::vector<std::filesystem::path> files);
// Those of photo_files(). Empty: 32 drawn cats and dogs in turn, 256 pixels.
Result<std::unique_ptr<TrialPhotos>> trial_photos(const std::string& folder);

}  // namespace paw
