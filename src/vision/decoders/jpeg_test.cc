#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"
#include "vision/decoders/jpeg_testing.h"

namespace paw::jpeg_test {

using testing::HasSubstr;

std::vector<std::uint8_t> gray_samples(std::int64_t width, std::int64_t height) {
  std::vector<std::uint8_t> samples;
  for (std::int64_t i = 0; i < width * height; ++i)
    samples.push_back(static_cast<std::uint8_t>(60 + i % width + i / width));
  return samples;
}

// Inks of an RGB picture, no black generation: 255 minus a level, or the level when `inverted` as Adobe writes it.
std::vector<std::uint8_t> cmyk_samples(const Image& image, bool inverted) {
  std::vector<std::uint8_t> samples;
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    samples.push_back(inverted ? image.rgb[i] : static_cast<std::uint8_t>(255 - image.rgb[i]));
    if (i % 3 == 2) samples.push_back(inverted ? 255 : 0);
  }
  return samples;
}

TEST(Jpeg, BaselineProgressiveAndArithmetic) {
  const Image picture = smooth_picture(75, 50);
  for (const JpegSettings& settings :
       {JpegSettings{}, JpegSettings{.progressive = true}, JpegSettings{.subsampled = true},
        JpegSettings{.stored = JCS_RGB}, JpegSettings{.arithmetic = true}, JpegSettings{.restart_interval = 3}}) {
    const Photo photo = decoded(encode_jpeg(picture, settings));
    EXPECT_LE(greatest_difference(photo.image, picture), 4);
    EXPECT_EQ(photo.missing, 0);
    EXPECT_EQ(photo.warning, "");
    EXPECT_EQ(photo.header.format, PhotoFormat::kJpeg);
    EXPECT_EQ(photo.header.bits, 8);
    EXPECT_FALSE(photo.header.gray || photo.header.cmyk || photo.header.alpha || photo.header.animated ||
                 photo.header.icc);
  }
}

TEST(Jpeg, Gray) {
  const auto samples = gray_samples(40, 30);
  const Photo photo = decoded(encode_jpeg(40, 30, samples, {.stored = JCS_GRAYSCALE}));
  EXPECT_TRUE(photo.header.gray);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_NEAR(photo.image.rgb[3 * i], samples[i], 3);
    ASSERT_EQ(photo.image.rgb[3 * i], photo.image.rgb[3 * i + 1]);
    ASSERT_EQ(photo.image.rgb[3 * i], photo.image.rgb[3 * i + 2]);
  }
}

TEST(Jpeg, CmykAndYcckWithAdobesInversion) {
  const Image picture = smooth_picture(60, 40);
  const auto samples = cmyk_samples(picture, true);
  for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK}) {
    const Photo photo = decoded(encode_jpeg(60, 40, samples, {.stored = stored}));
    EXPECT_TRUE(photo.header.cmyk);
    EXPECT_LE(greatest_difference(photo.image, picture), 5);
  }
}

TEST(Jpeg, CmykWithoutAdobesMarkerIsPlainInk) {
  const Image picture = smooth_picture(60, 40);
  const Photo photo =
      decoded(encode_jpeg(60, 40, cmyk_samples(picture, false), {.stored = JCS_CMYK, .adobe_marker = false}));
  EXPECT_TRUE(photo.header.cmyk);
  EXPECT_LE(greatest_difference(photo.image, picture), 4);
}

TEST(Jpeg, BlackInkDarkens) {
  const std::vector<std::uint8_t> samples(64 * 4, 0);  // inverted: all ink
  const Photo photo = decoded(encode_jpeg(8, 8, samples, {.stored = JCS_CMYK}));
  EXPECT_EQ(photo.image, blank(8, 8, 0));
}

TEST(Jpeg, CutAtNinetyAndFiftyPercentKeepsTheRowsThatAreThere) {
  const Image picture = random_picture(96, 160);
  const File whole = encode_jpeg(picture, {.quality = 90});
  const Image full = decoded(whole).image;
  for (const double share : {0.9, 0.5}) {
    const Photo photo = decoded(cut(whole, share));
    EXPECT_EQ(photo.warning, "the file is truncated");
    EXPECT_NEAR(photo.missing, 1 - share, 0.08);
    const auto held = std::lround((1 - photo.missing) * 160);
    EXPECT_EQ(greatest_difference(photo.image, full, held - 1), 0);  // upsampling looks at the row below
    EXPECT_EQ(photo.image.rgb.back(), 128);
  }
}

TEST(Jpeg, ProgressiveThatLosesItsLastScansOnlyLosesDetail) {
  const Image picture = smooth_picture(96, 160);
  const File whole = encode_jpeg(picture, {.progressive = true});
  const Photo photo = decoded(cut(whole, 0.9));
  EXPECT_EQ(photo.missing, 0);
  EXPECT_EQ(photo.warning, "the file is truncated");
  EXPECT_LE(greatest_difference(photo.image, picture), 30);
}

TEST(Jpeg, CutInsideTheHeaderIsRefused) {
  const File whole = encode_jpeg(smooth_picture(32, 32));
  for (const std::size_t size : {3U, 10U, 25U, 100U, 200U}) {
    EXPECT_THAT(refusal(std::span(whole).first(size)), HasSubstr("ends inside its header")) << size;
  }
}

TEST(Jpeg, CutBeforeTheFirstRowsIsRefused) {
  const File whole = encode_jpeg(random_picture(200, 200));
  const File end_of_scan_header = {std::byte{0x3F}, std::byte{0x00}};
  const auto scan = std::ranges::search(whole, end_of_scan_header).end();
  EXPECT_THAT(refusal(std::span(whole.begin(), scan + 3)), HasSubstr("holds no row"));
}

TEST(Jpeg, GarbageAfterTheEndIsSaid) {
  const Image picture = smooth_picture(20, 20);
  File file = encode_jpeg(picture);
  append(file, bytes_of("GARBAGE"));
  const Photo photo = decoded(file);
  EXPECT_THAT(photo.warning, HasSubstr("7 bytes after the end"));
  EXPECT_EQ(photo.missing, 0);
  EXPECT_LE(greatest_difference(photo.image, picture), 4);
}

TEST(Jpeg, WhatPhonesAppendIsNoGarbage) {
  const File first = encode_jpeg(smooth_picture(20, 20));
  File with_zeros = first, with_picture = first, with_film = first;
  append_int(with_zeros, 0, 8);
  append(with_picture, first);
  append_int(with_film, 24, 4, false);
  append(with_film, bytes_of("ftypmp42 and so on"));
  for (const File& file : {with_zeros, with_picture, with_film}) EXPECT_EQ(decoded(file).warning, "");
}

TEST(Jpeg, DamageInTheMiddleIsSaid) {
  File file = encode_jpeg(random_picture(96, 96), {.restart_interval = 6});
  for (std::size_t i = file.size() / 2; i < file.size() / 2 + 40; ++i) file[i] = std::byte{0};
  EXPECT_NE(decoded(file).warning, "");
}

TEST(Jpeg, ExifOrientationIsApplied) {
  const Image picture = smooth_picture(48, 32);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const File file = encode_jpeg(stored_for(picture, orientation), {.exif = exif_block(orientation)});
    const Photo photo = decoded(file);
    EXPECT_LE(greatest_difference(photo.image, picture), 4) << orientation;
    EXPECT_EQ(photo.header.orientation, orientation);
    EXPECT_EQ(photo.header.width, orientation >= 5 ? 32 : 48);  // as stored
    EXPECT_EQ(header_of(file).orientation, orientation);
  }
}

TEST(Jpeg, ProfileIsConverted) {
  const Image picture = blank(16, 16, 0);
  Image colored = picture;
  for (std::size_t i = 0; i < colored.rgb.size(); i += 3) {
    colored.rgb[i] = 200;
    colored.rgb[i + 1] = 100;
    colored.rgb[i + 2] = 50;
  }
  const Photo photo = decoded(encode_jpeg(colored, {.quality = 100, .icc = display_p3_profile()}));
  EXPECT_TRUE(photo.header.icc);
  EXPECT_EQ(photo.warning, "");
  EXPECT_NEAR(photo.image.rgb[0], 215, 3);
  EXPECT_NEAR(photo.image.rgb[1], 93, 3);
  EXPECT_NEAR(photo.image.rgb[2], 31, 3);
}

TEST(Jpeg, BrokenProfileIsAWarning) {
  const Image picture = smooth_picture(16, 16);
  const Photo photo = decoded(encode_jpeg(picture, {.icc = File(200)}));
  EXPECT_TRUE(photo.header.icc);
  EXPECT_THAT(photo.warning, HasSubstr("profile is broken"));
  EXPECT_LE(greatest_difference(photo.image, picture), 4);
}

// Each scan goes over all blocks of the picture: a few kilobytes could keep a decoder busy for hours.
TEST(Jpeg, EndlessScansAreRefused) {
  const File whole = encode_jpeg(smooth_picture(64, 64), {.progressive = true});
  File file(whole.begin(), whole.end() - 2);
  // A refinement scan without data: SOS, one component, spectral band 1 to 63.
  const std::uint8_t scan[] = {0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0};
  for (int i = 0; i < 2'000; ++i) append(file, std::as_bytes(std::span(scan)));
  const auto photo = decode_photo(file, "photo");
  ASSERT_FALSE(photo.has_value());
  EXPECT_THAT(photo.error().text(), HasSubstr("100 scans"));
}

TEST(Jpeg, TwelveBitsAreRefused) {
  File file = encode_jpeg(smooth_picture(16, 16));
  const File frame = {std::byte{0xFF}, std::byte{0xC0}};
  const auto at = std::ranges::search(file, frame).begin() - file.begin();
  file[static_cast<std::size_t>(at) + 4] = std::byte{12};
  EXPECT_THAT(refusal(file), HasSubstr("precision 12"));
}

}  // namespace paw::jpeg_test
