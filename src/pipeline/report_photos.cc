#include "pipeline/report_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/file.h"
#include "host/text.h"
#include "vision/write_jpeg.h"

namespace paw {

namespace {

constexpr std::int64_t kMostPhotoWarnings = 5;
constexpr std::int64_t kSheetGap = 2;

// Averages over the pixels that become one: what large photos need.
Result<Image> resized(const Image& photo, std::int64_t width, std::int64_t height, Geometry geometry) {
  PAW_ASSIGN_OR_RETURN(Preprocessor resizer, Preprocessor::create({.width = width,
                                                                   .height = height,
                                                                   .geometry = geometry,
                                                                   .resize_short = std::max(width, height),
                                                                   .filter = ResizeFilter::kArea}));
  Image out;
  PAW_RETURN_IF_ERROR(resizer.picture(photo, out, "report"));
  return out;
}

}  // namespace

const Photo* ReportPhotos::decode(const std::string& path) {
  if (folder_.empty()) return nullptr;
  const std::filesystem::path file = folder_ / path;
  Error why;
  if (const auto bytes = map_file(file)) {
    const auto photo = decoder_.decode(bytes->span(), printable(path));
    if (photo) {
      ++decoded_;
      return *photo;
    }
    why = photo.error();
  } else {
    why = bytes.error();
  }
  if (++warned_ <= kMostPhotoWarnings) progress_.warn(printable(path) + " is not on the page: " + why.message);
  return nullptr;
}

std::string ReportPhotos::why_not() const {
  if (folder_.empty()) return "The photos were not at hand; paw report RUN --photos PHOTOS shows them.";
  return decoded_ > 0 ? "" : "None of the run's photos is in the folder that was named.";
}

Result<Image> square_of(const Image& photo, std::int64_t side) { return resized(photo, side, side, Geometry::kCrop); }

Result<Image> whole_of(const Image& photo, std::int64_t side) {
  const std::int64_t longer = std::max(photo.width, photo.height);
  if (longer <= side) return photo;
  const auto scaled = [&](std::int64_t length) { return std::max<std::int64_t>(1, length * side / longer); };
  return resized(photo, scaled(photo.width), scaled(photo.height), Geometry::kStretch);
}

Result<report::Picture> picture_of(const Image& image, std::string alt, int quality) {
  PAW_ASSIGN_OR_RETURN(Bytes file, write_jpeg(image, quality));
  return report::Picture{.file = std::move(file), .width = image.width, .height = image.height, .alt = std::move(alt)};
}

Image sheet_of(const std::vector<Image>& images, std::int64_t columns) {
  Image sheet;
  if (images.empty()) return sheet;
  const auto count = std::ssize(images);
  const std::int64_t width = images[0].width, height = images[0].height, rows = (count + columns - 1) / columns;
  columns = std::min(columns, count);
  sheet.set_size(columns * (width + kSheetGap) - kSheetGap, rows * (height + kSheetGap) - kSheetGap);
  std::ranges::fill(sheet.rgb, 255);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t left = i % columns * (width + kSheetGap), top = i / columns * (height + kSheetGap);
    for (std::int64_t y = 0; y < height; ++y) {
      std::copy_n(images[static_cast<std::size_t>(i)].rgb.data() + 3 * y * width, 3 * width,
                  sheet.rgb.data() + 3 * ((top + y) * sheet.width + left));
    }
  }
  return sheet;
}

Result<std::vector<TestAnswer>> answer_test_photos(const RunRecord& run, PhotoModel& model, ReportPhotos& photos,
                                                   std::int64_t side, Progress& progress) {
  std::vector<TestAnswer> answers;
  if (!photos.here()) return answers;
  std::map<std::string_view, std::int64_t> numbers;
  for (std::size_t i = 0; i < model.model().labels.size(); ++i) numbers.emplace(model.model().labels[i], i);
  const auto tested = [&](const ManifestRow& row) { return row.split == Split::kTest && numbers.contains(row.label); };
  progress.start("looking at test photos", static_cast<std::uint64_t>(std::ranges::count_if(run.manifest, tested)),
                 "photos");
  for (const ManifestRow& row : run.manifest) {
    if (!tested(row)) continue;
    progress.advance();
    const Photo* const photo = photos.decode(row.path);
    if (photo == nullptr) continue;
    TestAnswer answer{.path = row.path, .label = numbers.at(row.label), .scores = {}, .picture = {}};
    PAW_ASSIGN_OR_RETURN(answer.scores, model.scores(photo->image));
    answer.said = std::ranges::max_element(answer.scores) - answer.scores.begin();
    PAW_ASSIGN_OR_RETURN(const Image small, square_of(photo->image, side));
    PAW_ASSIGN_OR_RETURN(answer.picture, picture_of(small, fmt::format("photo of the class {}", row.label)));
    answers.push_back(std::move(answer));
  }
  progress.finish();
  return answers;
}

}  // namespace paw
