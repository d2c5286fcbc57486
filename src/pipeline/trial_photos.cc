#include "pipeline/trial_photos.h"

#include <algorithm>
#include <filesystem>

#include "host/file.h"
#include "host/text.h"
#include "vision/decode.h"
#include "vision/draw/draw.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

class DrawnPhotos final : public TrialPhotos {
 public:
  std::int64_t size() const override { return kCount; }
  Result<TrialPhoto> read(std::int64_t index) override {
    const bool dog = index % 2 == 1;
    const auto number = static_cast<std::uint64_t>(index / 2);
    return TrialPhoto{
        .image = draw::draw_picture(dog ? draw::Species::kDog : draw::Species::kCat, kSize, kSeed, number),
        .name = std::string("drawn ") + (dog ? "dog " : "cat ") + std::to_string(number),
        .label = dog ? "dog" : "cat"};
  }

 private:
  static constexpr std::int64_t kCount = 32, kSize = 256;
  static constexpr std::uint64_t kSeed = 0x7E57;  // other pictures than those that training draws
};

class FolderPhotos final : public TrialPhotos {
 public:
  explicit FolderPhotos(std::vector<fs::path> files) : files_(std::move(files)) {}
  std::int64_t size() const override { return std::ssize(files_); }
  Result<TrialPhoto> read(std::int64_t index) override {
    const fs::path& path = files_[static_cast<std::size_t>(index)];
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
    PAW_ASSIGN_OR_RETURN(const Photo* photo, decoder_.decode(file.span(), printable(path.string())));
    return TrialPhoto{
        .image = photo->image, .name = printable(path.string()), .label = path.parent_path().filename().string()};
  }

 private:
  std::vector<fs::path> files_;
  PhotoDecoder decoder_;
};

bool is_photo(const fs::path& path) {
  const auto file = map_file(path);
  return file && photo_format(file->span()).has_value();
}

}  // namespace

Result<std::vector<fs::path>> photo_files(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  if (!fs::is_directory(folder, error)) {
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(folder));
    if (photo_format(file.span())) files.emplace_back(folder);
  }
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    if (name.starts_with(".")) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(unknown) && !at->is_symlink(unknown) && is_photo(at->path())) {
      files.push_back(at->path());
    }
  }
  if (files.empty()) {
    return fail(ErrorCode::kBadData, printable(folder), "holds no photo that is read",
                "give a folder of JPEG, PNG, WebP, BMP, GIF or HEIC files");
  }
  std::ranges::sort(files);
  return files;
}

std::unique_ptr<TrialPhotos> trial_photos(std::vector<fs::path> files) {
  return std::make_unique<FolderPhotos>(std::move(files));
}

Result<std::unique_ptr<TrialPhotos>> trial_photos(const std::string& folder) {
  if (folder.empty()) return std::make_unique<DrawnPhotos>();
  PAW_ASSIGN_OR_RETURN(std::vector<fs::path> files, photo_files(folder));
  return trial_photos(std::move(files));
}

}  // namespace paw
