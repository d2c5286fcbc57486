#include "vision/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "vision/decoders/bmp_testing.h"
#include "vision/decoders/gif_testing.h"
#include "vision/decoders/heic_testing.h"
#include "vision/decoders/jpeg_testing.h"
#include "vision/decoders/png_testing.h"
#include "vision/decoders/webp_testing.h"

namespace paw::decode_test {

using testing::HasSubstr;

// The picture in each format that this machine can write.
std::vector<std::pair<PhotoFormat, File>> in_every_format(const Image& picture) {
  const int width = static_cast<int>(picture.width), height = static_cast<int>(picture.height);
  std::vector<std::pair<PhotoFormat, File>> files = {
      {PhotoFormat::kJpeg, encode_jpeg(picture)},
      {PhotoFormat::kPng, encode_png(picture)},
      {PhotoFormat::kWebp, encode_webp_lossless(picture)},
      {PhotoFormat::kBmp, encode_bmp(picture)},
      {PhotoFormat::kGif, encode_gif(width, height, gif_colors(), {random_gif_frame(width, height)})}};
  if (can_encode_heic() && width >= 64) files.emplace_back(PhotoFormat::kHeic, encode_heic(picture));
  return files;
}

TEST(Decode, FormatsAreKnownByTheirContent) {
  for (const auto& [format, file] : in_every_format(smooth_picture(64, 64))) {
    EXPECT_EQ(photo_format(file), format);
    EXPECT_EQ(header_of(file).format, format);
    EXPECT_EQ(decoded(file).header.format, format);
  }
  EXPECT_EQ(name(PhotoFormat::kJpeg), "jpeg");
  EXPECT_EQ(name(PhotoFormat::kHeic), "heic");
}

TEST(Decode, EmptyFile) {
  EXPECT_EQ(refusal({}), "[photo] the file is empty");
  EXPECT_FALSE(photo_format({}).has_value());
}

TEST(Decode, TextNamedJpg) {
  EXPECT_THAT(refusal(bytes_of("this is not a picture\n")),
              HasSubstr("not an image of a known format; known are JPEG"));
  EXPECT_THAT(refusal(bytes_of("BM is how a bitmap starts, and this sentence does too")), HasSubstr("not an image"));
  EXPECT_THAT(refusal(bytes_of("<svg xmlns='http://www.w3.org/2000/svg'/>")), HasSubstr("not an image"));
}

TEST(Decode, PngNamedJpgIsAPng) {
  const Image picture = random_picture(5, 5);
  const auto photo = decode_photo(encode_png(picture), "cat.jpg");
  ASSERT_TRUE(photo.has_value());
  EXPECT_EQ(photo->header.format, PhotoFormat::kPng);
  EXPECT_EQ(photo->image, picture);
}

TEST(Decode, OnePixel) {
  for (const auto& [format, file] : in_every_format(blank(1, 1, 200))) {
    const Photo photo = decoded(file);
    EXPECT_EQ(photo.image.width, 1);
    EXPECT_EQ(photo.image.height, 1);
    if (format == PhotoFormat::kGif) continue;  // has colours of its own
    EXPECT_EQ(photo.image, blank(1, 1, 200)) << name(format);
  }
}

TEST(Decode, LongStrip) {
  for (const auto& [width, height] : {std::pair{10'000, 20}, {20, 10'000}}) {
    const Image picture = smooth_picture(width, height);
    EXPECT_EQ(decoded(encode_png(picture)).image, picture);
    EXPECT_LE(greatest_difference(decoded(encode_jpeg(picture)).image, picture), 4);
  }
}

TEST(Decode, LimitsHoldForEveryFormat) {
  for (const auto& [format, file] : in_every_format(smooth_picture(96, 64))) {
    EXPECT_THAT(refusal(file, {.max_pixels = 6'143}), HasSubstr("megapixels")) << name(format);
    if (format != PhotoFormat::kHeic) {  // refused by libheif, in its own words
      EXPECT_THAT(refusal(file, {.max_side = 95}), HasSubstr("96 x 64 pixels: more than 95 on a side")) << name(format);
    }
    EXPECT_FALSE(read_photo_header(file, "photo", {.max_pixels = 6'143}).has_value());
    EXPECT_TRUE(read_photo_header(file, "photo", {.max_pixels = 6'144, .max_side = 96}).has_value()) << name(format);
  }
}

TEST(Decode, HeaderAgreesWithThePicture) {
  for (const auto& [format, file] : in_every_format(smooth_picture(96, 64))) {
    const PhotoHeader header = header_of(file), full = decoded(file).header;
    EXPECT_EQ(header.width, 96);
    EXPECT_EQ(header.height, 64);
    EXPECT_EQ(header.width, full.width);
    EXPECT_EQ(header.height, full.height);
    EXPECT_EQ(header.gray, full.gray);
    EXPECT_EQ(header.alpha, full.alpha);
    EXPECT_EQ(header.bits, full.bits);
  }
}

TEST(Decode, UsedMemoryLeavesNoTrace) {
  PhotoDecoder decoder;
  const Image stored = stored_for(smooth_picture(80, 64), 6);
  std::vector<File> files = {encode_png(random_picture(100, 90)),
                             encode_jpeg(stored, {.exif = exif_block(6)}),
                             cut(encode_png(random_picture(70, 70)), 0.5),
                             cut(encode_jpeg(random_picture(70, 70)), 0.5),
                             animated_webp(40, 30, {{encode_webp_lossless(random_picture(4, 4)), 2, 2, 4, 4}}),
                             File(10),
                             encode_png(random_picture(64, 64), {.interlaced = true})};
  for (const auto& [format, file] : in_every_format(random_picture(64, 64, 5))) files.push_back(file);
  for (const File& file : files) {
    const auto fresh = decode_photo(file, "photo");
    const auto again = decoder.decode(file, "photo");
    ASSERT_EQ(fresh.has_value(), again.has_value());
    if (!fresh) continue;
    EXPECT_EQ(fresh->image, (*again)->image);
    EXPECT_EQ(fresh->missing, (*again)->missing);
    EXPECT_EQ(fresh->warning, (*again)->warning);
  }
}

TEST(Decode, ManyThreadsAtOnce) {
  const auto files = in_every_format(smooth_picture(64, 64));
  std::vector<Image> expected;
  for (const auto& [format, file] : files) expected.push_back(decoded(file).image);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t first = 0; first < 4; ++first) {
    threads.emplace_back([&, first] {
      PhotoDecoder decoder;
      for (std::size_t i = first; i < first + 5 * files.size(); ++i) {
        const auto photo = decoder.decode(files[i % files.size()].second, "photo");
        wrong += !photo || (*photo)->image != expected[i % files.size()];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace paw::decode_test
