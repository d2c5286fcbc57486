// A photo resized while it is decoded is the photo decoded, turned and resized, to the bit.
#include "vision/resized_picture.h"

#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"
#include "vision/decoders/bmp_testing.h"
#include "vision/decoders/gif_testing.h"
#include "vision/decoders/heic_testing.h"
#include "vision/decoders/jpeg_testing.h"
#include "vision/decoders/png_testing.h"
#include "vision/decoders/webp_testing.h"
#include "vision/preprocess.h"

namespace paw::resized_picture_test {

ResizedPicture::Plan plan_of(const Preprocess& preprocess) {
  return [preprocess](std::int64_t width, std::int64_t height,
                      std::string_view where) -> Result<std::optional<ImageResize>> {
    return plan_picture(preprocess, width, height, where);
  };
}

std::unique_ptr<ResizedPicture> resizer_of(ResizedPicture::Plan plan) {
  auto made = ResizedPicture::create(std::move(plan));
  EXPECT_TRUE(made);
  return std::move(*made);
}

Image resized_whole(const Preprocess& preprocess, const Image& photo) {
  Image out;
  const Status done = Preprocessor::create(preprocess)->picture(photo, out, "photo");
  EXPECT_TRUE(done) << done.error().text();
  return out;
}

// The rows of a stored picture, some at once.
void pour(const Image& stored, int orientation, PictureSink& sink) {
  ASSERT_TRUE(sink.begin(stored.width, stored.height, orientation, "photo"));
  for (std::int64_t y = 0, rows = 1; y < stored.height; y += rows, rows = 2 * rows % 21 + 1) {
    rows = std::min(rows, stored.height - y);
    std::copy_n(stored.rgb.begin() + 3 * y * stored.width, 3 * rows * stored.width, sink.room(rows));
    sink.take(rows);
  }
}

Preprocess any_preprocess(Random& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  Preprocess p{.width = 1 + below(40),
               .height = 1 + below(40),
               .geometry = static_cast<Geometry>(below(3)),
               .filter = static_cast<ResizeFilter>(below(4)),
               .pad_value = below(256)};
  p.resize_short = std::max(p.width, p.height) + below(9);
  return p;
}

// Shrinking as the rows come, growing when all are there; one object for all.
TEST(ResizedPicture, IsTheUprightPhotoResized) {
  Random random(61);
  Preprocess preprocess;
  const auto resizer = resizer_of([&](auto... of) { return plan_of(preprocess)(of...); });
  for (int i = 0; i < 60; ++i) {
    const auto side = [&] { return 1 + static_cast<std::int64_t>(random.below(i % 3 == 0 ? 300 : 60)); };
    const Image photo = random_picture(side(), side(), static_cast<std::uint64_t>(i));
    preprocess = any_preprocess(random);
    const Image expected = resized_whole(preprocess, photo);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      pour(stored_for(photo, orientation), orientation, *resizer);
      ASSERT_EQ(resizer->picture(), expected) << i << " orientation " << orientation;
    }
  }
}

TEST(ResizedPicture, WithoutAPlanIsTheUprightPhoto) {
  const auto resizer =
      resizer_of([](auto...) -> Result<std::optional<ImageResize>> { return std::optional<ImageResize>(); });
  const Image photo = random_picture(70, 41);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    pour(stored_for(photo, orientation), orientation, *resizer);
    ASSERT_EQ(resizer->picture(), photo) << orientation;
  }
}

TEST(ResizedPicture, APlanThatFailsEndsDecoding) {
  const auto resizer = resizer_of([](auto, auto, std::string_view where) -> Result<std::optional<ImageResize>> {
    return fail(ErrorCode::kBadData, where, "no");
  });
  const File file = encode_jpeg(smooth_picture(9, 9));
  const auto report = PhotoDecoder().decode(file, "photo", *resizer);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().text(), "[photo] no");
}

std::vector<File> files_of(std::int64_t width, std::int64_t height) {
  Random random(62);
  const Image picture = random_picture(width, height);
  const auto samples = [&](std::int64_t channels) {
    std::vector<std::uint8_t> out(static_cast<std::size_t>(width * height * channels));
    for (auto& level : out) level = static_cast<std::uint8_t>(random.below(256));
    return out;
  };
  const int w = static_cast<int>(width), h = static_cast<int>(height);
  std::vector<File> files = {
      encode_jpeg(picture, {.subsampled = true, .exif = exif_block(6), .icc = display_p3_profile()}),
      encode_jpeg(picture, {.progressive = true, .subsampled = true, .exif = exif_block(3)}),
      encode_jpeg(picture, {.restart_interval = 3, .exif = exif_block(5)}),
      encode_jpeg(width, height, samples(1),
                  {.stored = JCS_GRAYSCALE, .exif = exif_block(8), .icc = gray_profile(1.8)}),
      encode_jpeg(width, height, samples(4), {.stored = JCS_YCCK, .exif = exif_block(7)}),
      encode_png(picture, {.exif = exif_block(6, true, false), .icc = display_p3_profile()}),
      encode_png(w, h, samples(4), {.color_type = PNG_COLOR_TYPE_RGB_ALPHA}),
      encode_png(w, h, samples(4), {.color_type = PNG_COLOR_TYPE_RGB_ALPHA, .interlaced = true}),
      encode_webp(picture, 80),
      animated_webp(w + 6, h + 5, {{encode_webp_lossless(picture), 4, 2, w, h}}),
      encode_gif(w, h, gif_colors(), {random_gif_frame(w, h)}),
      encode_bmp(picture),
  };
  if (can_encode_heic()) files.push_back(encode_heic(smooth_picture(width, height), {.orientation = 6}));
  return files;
}

// Whole and truncated files of every format, all by one decoder.
TEST(ResizedPicture, OfFilesIsTheSameAsOfDecodedPhotos) {
  PhotoDecoder decoder;
  for (const ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic}) {
    const Preprocess preprocess{.width = 30, .height = 20, .resize_short = 33, .filter = filter};
    const auto resizer = resizer_of(plan_of(preprocess));
    std::size_t cut_files = 0;
    for (const File& whole : files_of(131, 97)) {
      for (const File& file : {whole, cut(whole, 0.6)}) {
        const auto photo = decode_photo(file, "photo");
        const auto report = decoder.decode(file, "photo", *resizer);
        ASSERT_EQ(report.has_value(), photo.has_value());
        if (!photo) continue;
        EXPECT_EQ(resizer->picture(), resized_whole(preprocess, photo->image)) << name(photo->header.format);
        EXPECT_EQ(report->missing, photo->missing);
        EXPECT_EQ(report->warning, photo->warning);
        EXPECT_EQ(report->header.icc, photo->header.icc);
        cut_files += photo->missing > 0 ? 1U : 0U;
      }
    }
    EXPECT_GE(cut_files, 8U);
  }
}

}  // namespace paw::resized_picture_test
