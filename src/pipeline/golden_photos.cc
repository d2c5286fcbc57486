#include "pipeline/golden_photos.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/file.h"
#include "host/sha256.h"
#include "host/text.h"
#include "pipeline/report_record.h"
#include "pipeline/run_photos.h"
#include "pipeline/trial_photos.h"
#include "vision/decode.h"
#include "vision/draw/draw.h"
#include "vision/preprocess.h"
#include "vision/write_png.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kGoldenSeed = 0x601D;  // other pictures than those of training and of comparisons
constexpr std::int64_t kGoldenSide = 160;

// The middle of a picture, so many pixels wide and high.
Image middle(const Image& from, std::int64_t width, std::int64_t height) {
  Image out;
  out.set_size(width, height);
  const std::int64_t left = (from.width - width) / 2, top = (from.height - height) / 2;
  for (std::int64_t y = 0; y < height; ++y) {
    const auto* row = from.rgb.data() + 3 * ((top + y) * from.width + left);
    std::copy(row, row + 3 * width, out.rgb.data() + 3 * y * width);
  }
  return out;
}

// Square, wide and tall: each geometry shows.
Image drawn_golden(std::int64_t i) {
  const auto species = i % 2 == 0 ? draw::Species::kCat : draw::Species::kDog;
  Image whole = draw::draw_picture(species, kGoldenSide, kGoldenSeed, static_cast<std::uint64_t>(i / 2));
  constexpr std::int64_t kShort = kGoldenSide * 3 / 4;
  if (i % 4 < 2) return whole;
  return i < kGoldenPhotos / 2 ? middle(whole, kGoldenSide, kShort) : middle(whole, kShort, kGoldenSide);
}

// At most 320 pixels on its long side.
Result<Image> smaller(const Image& photo, std::string_view where) {
  constexpr std::int64_t kMost = 320;
  const std::int64_t longer = std::max(photo.width, photo.height);
  if (longer <= kMost) return photo;
  const auto scaled = [&](std::int64_t side) { return std::max<std::int64_t>(1, side * kMost / longer); };
  PAW_ASSIGN_OR_RETURN(Preprocessor resizer, Preprocessor::create({.width = scaled(photo.width),
                                                                   .height = scaled(photo.height),
                                                                   .geometry = Geometry::kStretch,
                                                                   .resize_short = 1}));
  Image out;
  PAW_RETURN_IF_ERROR(resizer.picture(photo, out, where));
  return out;
}

// Empty: there are too few.
Result<std::vector<Image>> spread_photos(const std::vector<fs::path>& files) {
  std::vector<Image> photos;
  PhotoDecoder decoder;
  const auto count = std::ssize(files);
  for (std::int64_t i = 0; i < kGoldenPhotos && count >= kGoldenPhotos; ++i) {
    const auto& path = files[static_cast<std::size_t>(i * count / kGoldenPhotos)];
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
    const std::string where = printable(path.string());
    PAW_ASSIGN_OR_RETURN(const Photo* photo, decoder.decode(file.span(), where));
    PAW_ASSIGN_OR_RETURN(Image small, smaller(photo->image, where));
    photos.push_back(std::move(small));
  }
  return photos;
}

std::unexpected<Error> too_few(const std::string& where, std::size_t count) {
  return fail(ErrorCode::kBadData, where,
              fmt::format("holds {} photos that the model was not trained on; an app takes {}", count, kGoldenPhotos),
              "give a folder with more, or --golden drawn");
}

Result<std::vector<GoldenPicture>> as_png(std::vector<Image> images) {
  std::vector<GoldenPicture> out;
  for (Image& image : images) {
    PAW_ASSIGN_OR_RETURN(Bytes png, write_png(image));
    out.push_back({std::move(png), std::move(image)});
  }
  return out;
}

constexpr const char* kOtherGolden = "name a folder of photos that it was not trained on, or --golden drawn";

// Test photos of the run that the model file belongs to.
Result<std::vector<fs::path>> held_out_photos(const fs::path& model_file) {
  std::error_code error;
  fs::path folder = fs::absolute(model_file / "", error).lexically_normal().parent_path().parent_path();
  if (folder.filename() == "exports") folder = folder.parent_path();
  if (!fs::exists(folder / "run.json", error)) {
    return fail(ErrorCode::kIo, printable(model_file.string()),
                "lies in no run folder, whose test photos --golden photos takes", kOtherGolden);
  }
  PAW_ASSIGN_OR_RETURN(const RunRecord run, RunRecord::read(folder));
  const fs::path root = run.photo_folder();
  if (root.empty()) {
    return fail(ErrorCode::kIo, printable((folder / "run.json").string()),
                "the photos of this run are not where they were, or it does not say where", kOtherGolden);
  }
  PAW_ASSIGN_OR_RETURN(const RunPhotos photos, RunPhotos::open(folder / "manifest.csv", root.string()));
  return photos.test(run.manifest.size());
}

Result<std::vector<Image>> unseen_photos(const std::string& where, std::vector<fs::path> files, const Model& model) {
  std::erase_if(files, [&](const fs::path& path) {
    const auto file = map_file(path);
    if (!file) return true;
    const auto split = model.provenance.split_of(sha256(file->span()));
    return split && *split != Split::kTest;
  });
  PAW_ASSIGN_OR_RETURN(std::vector<Image> photos, spread_photos(files));
  if (photos.empty()) return too_few(where, files.size());
  return photos;
}

}  // namespace

Result<std::vector<GoldenPicture>> golden_photos(const std::string& source, const Model& model,
                                                 const fs::path& model_file) {
  std::vector<Image> images;
  if (source == "drawn") {
    for (std::int64_t i = 0; i < kGoldenPhotos; ++i) images.push_back(drawn_golden(i));
  } else if (source == "photos") {
    PAW_ASSIGN_OR_RETURN(std::vector<fs::path> files, held_out_photos(model_file));
    PAW_ASSIGN_OR_RETURN(images, unseen_photos("the run's test photos", std::move(files), model));
  } else {
    PAW_ASSIGN_OR_RETURN(std::vector<fs::path> files, photo_files(source));
    PAW_ASSIGN_OR_RETURN(images, unseen_photos(printable(source), std::move(files), model));
  }
  return as_png(std::move(images));
}

Result<std::vector<GoldenPicture>> golden_photos(const std::vector<fs::path>& files) {
  PAW_ASSIGN_OR_RETURN(std::vector<Image> images, spread_photos(files));
  if (images.empty()) return too_few("golden photos", files.size());
  return as_png(std::move(images));
}

}  // namespace paw
