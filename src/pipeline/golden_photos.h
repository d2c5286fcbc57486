// Photos that travel inside an app, so that a phone can be compared with this computer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "ir/model.h"
#include "vision/image.h"

namespace paw {

inline constexpr std::int64_t kGoldenPhotos = 8;

struct GoldenPicture {
  Bytes png;
  Image image;  // its pixels
};

// "drawn": cats and dogs by code, of several shapes. "photos": test photos of the run in whose folder, or in whose
// exports/, the file of the model lies. Else a folder. Of photos, those that the model has not seen are spread over;
// made smaller, so that nothing but pixels travels. kIo: no run, or its photos are not where they were. kBadData: fewer
// than kGoldenPhotos of them.
Result<std::vector<GoldenPicture>> golden_photos(const std::string& source, const Model& model,
                                                 const std::filesystem::path& model_file);
// The same of these files, which the model has not seen.
Result<std::vector<GoldenPicture>> golden_photos(const std::vector<std::filesystem::path>& files);

}  // namespace paw
