#include "vision/color_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"

namespace paw::color_profile_test {

using testing::HasSubstr;

std::string converted(Image& image, std::span<const std::byte> icc, bool gray, ProfileConverter& converter) {
  std::string complaint = converter.open(icc, gray);
  converter.convert(image.rgb.data(), image.rgb.size() / 3);
  return complaint;
}
std::string converted(Image& image, std::span<const std::byte> icc, bool gray) {
  ProfileConverter converter;
  return converted(image, icc, gray, converter);
}

Image one(std::uint8_t red, std::uint8_t green, std::uint8_t blue) { return {1, 1, {red, green, blue}}; }

TEST(ColorProfile, SrgbLeavesEveryPixelAlone) {
  Image picture = random_picture(64, 64);
  const Image before = picture;
  EXPECT_EQ(converted(picture, srgb_profile(), false), "");
  EXPECT_EQ(picture, before);
}

// Expected values: linear P3 to linear sRGB by the two spaces' primaries, then sRGB's curve.
TEST(ColorProfile, DisplayP3BecomesSrgb) {
  const struct {
    Image p3, srgb;
  } cases[] = {
      {one(128, 128, 128), one(128, 128, 128)}, {one(255, 255, 255), one(255, 255, 255)},
      {one(200, 100, 50), one(215, 93, 31)},    {one(60, 150, 90), one(0, 152, 83)},
      {one(255, 0, 0), one(255, 0, 0)},  // outside of sRGB: clipped
  };
  const File profile = display_p3_profile();
  for (const auto& [p3, srgb] : cases) {
    Image picture = p3;
    EXPECT_EQ(converted(picture, profile, false), "");
    EXPECT_LE(greatest_difference(picture, srgb), 2)
        << int{picture.rgb[0]} << ' ' << int{picture.rgb[1]} << ' ' << int{picture.rgb[2]};
  }
}

TEST(ColorProfile, GrayProfileChangesTheCurve) {
  Image picture = one(128, 128, 128);
  EXPECT_EQ(converted(picture, gray_profile(1.8), true), "");
  // (128 / 255)^1.8 on sRGB's curve.
  EXPECT_LE(greatest_difference(picture, one(146, 146, 146)), 1) << int{picture.rgb[0]};
}

TEST(ColorProfile, GrayPicturesMayHaveAnRgbProfile) {
  Image picture = one(90, 90, 90);
  EXPECT_EQ(converted(picture, display_p3_profile(), true), "");
  EXPECT_LE(greatest_difference(picture, one(90, 90, 90)), 1);
}

TEST(ColorProfile, UnusableOnesAreSaidAndIgnored) {
  const Image before = random_picture(3, 3);
  Image picture = before;
  EXPECT_THAT(converted(picture, bytes_of("not a profile"), false), HasSubstr("broken"));
  EXPECT_THAT(converted(picture, gray_profile(2.2), false), HasSubstr("not for such pixels"));
  EXPECT_THAT(converted(picture, File(9'000'000), false), HasSubstr("8 MB"));
  EXPECT_EQ(picture, before);
}

TEST(ColorProfile, TheLastProfileIsKeptAndNoOther) {
  ProfileConverter converter;
  const std::vector<std::pair<File, bool>> uses = {{display_p3_profile(), false}, {display_p3_profile(), false},
                                                   {srgb_profile(), false},       {gray_profile(1.8), true},
                                                   {gray_profile(1.8), false},    {File(10), false},
                                                   {display_p3_profile(), true}};
  for (const auto& [profile, gray] : uses) {
    Image a = gray ? one(128, 128, 128) : one(200, 100, 50), b = a;
    EXPECT_EQ(converted(a, profile, gray, converter), converted(b, profile, gray));
    EXPECT_EQ(a, b);
  }
}

TEST(ColorProfile, MutationsAreSafe) {
  const File good = display_p3_profile();
  Random random(5);
  for (int round = 0; round < 500; ++round) {
    File profile = good;
    for (std::uint64_t i = 0; i <= random.below(6); ++i)
      profile[random.below(profile.size())] = static_cast<std::byte>(random.below(256));
    Image picture = blank(4, 4, 77);
    converted(picture, profile, false);
    EXPECT_EQ(picture.rgb.size(), 48U);
  }
}

}  // namespace paw::color_profile_test
