#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"
#include "vision/decoders/webp_testing.h"

namespace paw::webp_test {

using testing::HasSubstr;

std::vector<std::uint8_t> random_rgba(std::size_t pixels) {
  Random random(9);
  std::vector<std::uint8_t> rgba(4 * pixels);
  for (auto& level : rgba) level = static_cast<std::uint8_t>(random.below(256));
  return rgba;
}

TEST(Webp, LosslessIsExact) {
  const Image picture = random_picture(33, 18);
  const Photo photo = decoded(encode_webp_lossless(picture));
  EXPECT_EQ(photo.image, picture);
  EXPECT_EQ(photo.header.format, PhotoFormat::kWebp);
  EXPECT_EQ(photo.warning, "");
  EXPECT_FALSE(photo.header.alpha || photo.header.animated || photo.header.icc);
}

TEST(Webp, LossyIsClose) {
  const Image picture = smooth_picture(64, 48);
  const Photo photo = decoded(encode_webp(picture, 90));
  EXPECT_LE(greatest_difference(photo.image, picture), 10);
  EXPECT_EQ(photo.missing, 0);
}

TEST(Webp, AlphaIsCompositedOnWhite) {
  const auto rgba = random_rgba(20 * 12);
  const Photo photo = decoded(encode_webp_rgba(20, 12, rgba, true));
  EXPECT_TRUE(photo.header.alpha);
  for (std::size_t i = 0; i < photo.image.rgb.size(); ++i) {
    const double alpha = rgba[i / 3 * 4 + 3];
    // The encoder may drop the colour of what cannot be seen.
    ASSERT_EQ(photo.image.rgb[i], std::lround((rgba[i / 3 * 4 + i % 3] * alpha + 255 * (255 - alpha)) / 255));
  }
}

TEST(Webp, LossyAlpha) {
  std::vector<std::uint8_t> rgba;
  const Image picture = smooth_picture(32, 32);
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) rgba.push_back(picture.rgb[i + c]);
    rgba.push_back(i < picture.rgb.size() / 2 ? 255 : 0);
  }
  const Photo photo = decoded(encode_webp_rgba(32, 32, rgba, false));
  EXPECT_TRUE(photo.header.alpha);
  EXPECT_LE(greatest_difference(photo.image, picture, 15), 12);
  EXPECT_EQ(photo.image.rgb.back(), 255);
}

TEST(Webp, ExifOrientationAndProfile) {
  const Image picture = random_picture(12, 7);
  for (int orientation = 2; orientation <= 8; ++orientation) {
    for (const bool marked : {true, false}) {
      const Image stored = stored_for(picture, orientation);
      const File file = extended_webp(encode_webp_lossless(stored), stored.width, stored.height,
                                      exif_block(orientation, true, marked));
      EXPECT_EQ(decoded(file).image, picture) << orientation;
      EXPECT_EQ(header_of(file).orientation, orientation);
    }
  }
  const Image one{1, 1, {200, 100, 50}};
  const Photo photo = decoded(extended_webp(encode_webp_lossless(one), 1, 1, {}, display_p3_profile()));
  EXPECT_TRUE(photo.header.icc);
  EXPECT_NEAR(photo.image.rgb[0], 215, 1);
}

TEST(Webp, OfAnAnimationTheFirstFrameOnWhite) {
  const Image first = random_picture(6, 4, 1), second = random_picture(10, 8, 2);
  const File file =
      animated_webp(10, 8, {{encode_webp_lossless(first), 2, 4, 6, 4}, {encode_webp_lossless(second), 0, 0, 10, 8}});
  const Photo photo = decoded(file);
  EXPECT_TRUE(photo.header.animated);
  EXPECT_TRUE(header_of(file).animated);
  Image expected = blank(10, 8, 255);
  for (std::size_t y = 0; y < 4; ++y) std::copy_n(&first.rgb[18 * y], 18, &expected.rgb[3 * (10 * (y + 4) + 2)]);
  EXPECT_EQ(photo.image, expected);
}

TEST(Webp, TruncatedKeepsTheRowsThatAreThere) {
  const Image picture = random_picture(64, 200);
  for (const File& whole : {encode_webp_lossless(picture), encode_webp(picture, 80)}) {
    const Image full = decoded(whole).image;
    const Photo photo = decoded(cut(whole, 0.5));
    EXPECT_THAT(photo.warning, HasSubstr("truncated"));
    EXPECT_NEAR(photo.missing, 0.5, 0.2);
    EXPECT_EQ(greatest_difference(photo.image, full, std::lround((1 - photo.missing) * 200)), 0);
    EXPECT_EQ(photo.image.rgb.back(), 128);
  }
}

TEST(Webp, CutInsideTheHeaderIsRefused) {
  const File whole = encode_webp_lossless(random_picture(4, 4));
  for (const std::size_t size : {12U, 16U, 21U}) refusal(std::span(whole).first(size));
}

TEST(Webp, GarbageAfterTheEndIsSaid) {
  File file = encode_webp_lossless(random_picture(4, 4));
  append(file, bytes_of("garbage"));
  EXPECT_THAT(decoded(file).warning, HasSubstr("7 bytes after the end"));
}

TEST(Webp, HugeCanvasIsRefused) {
  const File file = animated_webp(16'384, 16'384, {{encode_webp_lossless(random_picture(4, 4)), 0, 0, 4, 4}});
  EXPECT_THAT(refusal(file), HasSubstr("16384 x 16384 pixels: more than 128.0 megapixels"));
}

}  // namespace paw::webp_test
