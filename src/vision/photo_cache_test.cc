#include "vision/photo_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/random.h"
#include "host/file.h"
#include "vision/decoders/png_testing.h"
#include "vision/preprocess.h"

namespace paw::photo_cache_test {

namespace fs = std::filesystem;

Image noise(std::int64_t width, std::int64_t height) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
  Random random(static_cast<std::uint64_t>(width));
  for (std::uint8_t& v : image.rgb) v = static_cast<std::uint8_t>(random.below(256));
  return image;
}

std::vector<float> input_of(const Preprocess& preprocess, const Image& image) {
  auto preprocessor = Preprocessor::create(preprocess);
  EXPECT_TRUE(preprocessor);
  std::vector<float> input(static_cast<std::size_t>(preprocessor->input_size()));
  const Status status = preprocessor->run(image, input, "test");
  EXPECT_TRUE(status) << status.error().text();
  return input;
}

// As the cache keeps it.
Image scaled(const Preprocess& preprocess, const Image& photo) {
  const auto plan = plan_scaled_photo(preprocess, photo.width, photo.height, "test");
  EXPECT_TRUE(plan);
  if (!*plan) return photo;
  Preprocess whole = preprocess;
  whole.geometry = Geometry::kStretch;
  whole.width = (*plan)->x.scaled;
  whole.height = (*plan)->y.scaled;
  Image out;
  EXPECT_TRUE(Preprocessor::create(whole)->picture(photo, out, "test"));
  return out;
}

// What is cut from the scaled photo is what is cut from the photo, to the bit.
TEST(ScaledPhoto, GivesTheSameInput) {
  for (const ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic, ResizeFilter::kArea}) {
    const Preprocess preprocess{.width = 24, .height = 24, .resize_short = 28, .filter = filter};
    for (const Image& photo : {noise(90, 57), noise(57, 90), noise(28, 61), noise(20, 25), noise(400, 30)}) {
      const Image kept = scaled(preprocess, photo);
      EXPECT_LE(std::min(kept.width, kept.height), 28);
      EXPECT_EQ(input_of(preprocess, kept), input_of(preprocess, photo)) << photo.width << " x " << photo.height;
    }
  }
}

TEST(ScaledPhoto, OtherGeometriesKeepThePhoto) {
  for (const Geometry geometry : {Geometry::kStretch, Geometry::kFit}) {
    EXPECT_EQ(*plan_scaled_photo({.width = 24, .height = 24, .geometry = geometry}, 90, 57, "test"), std::nullopt);
  }
}

class PhotoCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("paw_photos_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(PhotoCacheTest, DecodesOnce) {
  const Preprocess preprocess{.width = 24, .height = 24, .resize_short = 28};
  const fs::path photo = folder_ / "photo.png";
  const Image upright = noise(90, 57);
  ASSERT_TRUE(write_file(photo, encode_png(stored_for(upright, 6), {.exif = exif_block(6, true, false)})));
  BlobCache blobs(folder_ / "cache", 1'000'000);
  PhotoCache first(blobs, preprocess);
  const auto decoded = first.read(photo, "abc");
  ASSERT_TRUE(decoded) << decoded.error().text();
  EXPECT_EQ(first.decoded(), 1);
  EXPECT_EQ(*decoded, scaled(preprocess, upright));
  fs::remove(photo);
  PhotoCache second(blobs, preprocess);
  const auto found = second.read(photo, "abc");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(*found, *decoded);
  EXPECT_EQ(second.decoded(), 0);
  // Another preprocessing is another photo, which is gone.
  Preprocess other = preprocess;
  other.resize_short = 32;
  const auto gone = PhotoCache(blobs, other).read(photo, "abc");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kIo);
}

}  // namespace paw::photo_cache_test
