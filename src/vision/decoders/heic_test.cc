#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"
#include "vision/decoders/heic_testing.h"

namespace paw::heic_test {

using testing::HasSubstr;

class Heic : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_encode_heic()) GTEST_SKIP() << "libheif has no HEVC encoder here";
  }
};

TEST_F(Heic, PictureIsClose) {
  const Image picture = smooth_picture(96, 64);
  const File file = encode_heic(picture);
  const Photo photo = decoded(file);
  EXPECT_LE(greatest_difference(photo.image, picture), 8);
  EXPECT_EQ(photo.header.format, PhotoFormat::kHeic);
  EXPECT_EQ(photo.header.bits, 8);
  EXPECT_FALSE(photo.header.alpha || photo.header.animated || photo.header.icc);
  EXPECT_EQ(photo.missing, 0);
  EXPECT_EQ(header_of(file).width, 96);
  EXPECT_EQ(header_of(file).height, 64);
}

TEST_F(Heic, OddSides) {
  const Image picture = smooth_picture(67, 45);
  EXPECT_LE(greatest_difference(decoded(encode_heic(picture)).image, picture), 8);
}

// iPhones write both the boxes and the EXIF tag: applying both would turn the picture twice.
TEST_F(Heic, RotationAndMirrorBoxesAreAppliedOnce) {
  const Image picture = smooth_picture(96, 64);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const File file = encode_heic(stored_for(picture, orientation),
                                  {.orientation = orientation, .exif = exif_block(orientation, true, false)});
    const Photo photo = decoded(file);
    EXPECT_LE(greatest_difference(photo.image, picture), 8) << orientation;
    EXPECT_EQ(photo.header.orientation, 1);
  }
}

TEST_F(Heic, AlphaIsCompositedOnWhite) {
  std::vector<std::uint8_t> rgba;
  const Image picture = smooth_picture(64, 64);
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) rgba.push_back(picture.rgb[i + c]);
    rgba.push_back(i < picture.rgb.size() / 2 ? 255 : 0);
  }
  const Photo photo = decoded(encode_heic(64, 64, rgba));
  EXPECT_TRUE(photo.header.alpha);
  EXPECT_LE(greatest_difference(photo.image, picture, 24), 8);
  EXPECT_GE(photo.image.rgb.back(), 250);
}

TEST_F(Heic, ProfileIsConverted) {
  Image picture = blank(64, 64);
  for (std::size_t i = 0; i < picture.rgb.size(); ++i)
    picture.rgb[i] = std::array<std::uint8_t, 3>{200, 100, 50}[i % 3];
  const Photo photo = decoded(encode_heic(picture, {.icc = display_p3_profile()}));
  EXPECT_TRUE(photo.header.icc);
  EXPECT_NEAR(photo.image.rgb[0], 215, 4);
  EXPECT_NEAR(photo.image.rgb[1], 93, 4);
  EXPECT_NEAR(photo.image.rgb[2], 31, 4);
}

TEST_F(Heic, TruncatedIsRefused) {
  const File whole = encode_heic(random_picture(64, 64));
  for (const double share : {0.05, 0.5}) refusal(cut(whole, share));
}

TEST_F(Heic, LimitsHoldForTheCodedPicture) {
  EXPECT_THAT(refusal(encode_heic(smooth_picture(96, 64)), {.max_pixels = 5'000}),
              HasSubstr("more than 0.0 megapixels"));
}

// The container claims 64 x 64, the coded picture is larger: the decoder would take memory for the larger one.
TEST_F(Heic, PictureLargerThanItsBoxesClaimIsRefused) {
  File file = encode_heic(blank(1'024, 1'024, 200));
  const auto claim = bytes_of("ispe");
  for (auto at = std::ranges::search(file, claim).begin(); at != file.end();) {
    for (const std::ptrdiff_t side : {8, 12}) {
      std::fill_n(at + side, 3, std::byte{0});
      at[side + 3] = std::byte{64};
    }
    at = std::ranges::search(at + 4, file.end(), claim.begin(), claim.end()).begin();
  }
  EXPECT_THAT(refusal(file, {.max_pixels = 1'000'000}), HasSubstr("1024 x 1024 pixels"));
}

TEST(HeicBrands, AvifIsNoHeic) {
  File file;
  append_int(file, 24, 4, false);
  append(file, bytes_of(std::string_view("ftypavif\0\0\0\0mif1avif", 20)));
  EXPECT_FALSE(photo_format(file).has_value());
}

}  // namespace paw::heic_test
