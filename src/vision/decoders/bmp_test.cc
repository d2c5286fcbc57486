#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/decoders/bmp_testing.h"

namespace paw::bmp_test {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<std::uint8_t, 3> kRed{250, 10, 20}, kGreen{30, 240, 40}, kBlue{50, 60, 230}, kGray{70, 70, 70};

Image of_colors(std::int64_t width, std::int64_t height, const std::vector<std::array<std::uint8_t, 3>>& pixels) {
  Image image{width, height, {}};
  for (const auto& pixel : pixels) image.rgb.insert(image.rgb.end(), pixel.begin(), pixel.end());
  return image;
}

File raw(std::initializer_list<int> bytes) {
  File file;
  for (const int byte : bytes) file.push_back(static_cast<std::byte>(byte));
  return file;
}

TEST(Bmp, TwentyFourBitsBothWaysUp) {
  const Image picture = random_picture(7, 5);
  for (const bool top_down : {false, true}) {
    const Photo photo = decoded(encode_bmp(picture, top_down));
    EXPECT_EQ(photo.image, picture);
    EXPECT_EQ(photo.header.format, PhotoFormat::kBmp);
    EXPECT_EQ(photo.warning, "");
    EXPECT_FALSE(photo.header.gray || photo.header.alpha);
  }
}

TEST(Bmp, PalettesOfOneFourAndEightBits) {
  const std::vector colors{kRed, kGreen, kBlue, kGray};
  // Bottom row first: each row padded to four bytes.
  EXPECT_EQ(
      decoded(encode_bmp(3, 2, raw({0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0}), {.bits = 1, .colors = {kRed, kGreen}}))
          .image,
      of_colors(3, 2, {kGreen, kRed, kGreen, kRed, kGreen, kRed}));
  EXPECT_EQ(decoded(encode_bmp(3, 1, raw({0x12, 0x30, 0, 0}), {.bits = 4, .colors = colors})).image,
            of_colors(3, 1, {kGreen, kBlue, kGray}));
  EXPECT_EQ(decoded(encode_bmp(3, 1, raw({3, 0, 9, 0}), {.bits = 8, .colors = colors})).image,
            of_colors(3, 1, {kGray, kRed, {0, 0, 0}}));  // past the table: black
}

TEST(Bmp, GrayPaletteIsSaid) {
  EXPECT_TRUE(decoded(encode_bmp(1, 1, raw({0, 0, 0, 0}), {.bits = 8, .colors = {kGray}})).header.gray);
}

TEST(Bmp, SixteenBits) {
  // 5-5-5 by default; 5-6-5 by bit fields. Blue is lowest.
  EXPECT_THAT(decoded(encode_bmp(2, 1, raw({0x1F, 0x00, 0x00, 0x7C}), {.bits = 16})).image.rgb,
              ElementsAre(0, 0, 255, 255, 0, 0));
  const BmpSettings fields{.bits = 16, .compression = 3, .masks = {0xF800, 0x07E0, 0x001F}};
  // Green 21 of 63.
  EXPECT_THAT(decoded(encode_bmp(1, 1, raw({0xA0, 0x02, 0, 0}), fields)).image.rgb, ElementsAre(0, 85, 0));
}

TEST(Bmp, ThirtyTwoBits) {
  EXPECT_THAT(decoded(encode_bmp(1, 1, raw({1, 2, 3, 0}), {.bits = 32})).image.rgb, ElementsAre(3, 2, 1));
  const BmpSettings alpha{.bits = 32, .compression = 3, .masks = {0xFF, 0xFF00, 0xFF0000, 0xFF000000}};
  const Photo photo = decoded(encode_bmp(2, 1, raw({9, 9, 9, 0, 100, 0, 0, 51}), alpha));
  EXPECT_TRUE(photo.header.alpha);
  EXPECT_THAT(photo.image.rgb, ElementsAre(255, 255, 255, 224, 204, 204));
}

TEST(Bmp, RunLengthsOfEightBits) {
  const BmpSettings settings{.bits = 8, .compression = 1, .colors = {kRed, kGreen, kBlue, kGray}};
  // Bottom row: two green, one blue. Top row: jump one right, then literals 3, 2, 1 (the last past the edge).
  const File data = raw({2, 1, 1, 2, 0, 0, 0, 2, 1, 0, 0, 3, 3, 2, 1, 0, 0, 1});
  EXPECT_EQ(decoded(encode_bmp(3, 2, data, settings)).image,
            of_colors(3, 2, {kRed, kGray, kBlue, kGreen, kGreen, kBlue}));
}

TEST(Bmp, RunLengthsOfFourBits) {
  const BmpSettings settings{.bits = 4, .compression = 2, .colors = {kRed, kGreen, kBlue, kGray}};
  const File data = raw({5, 0x12, 0, 0, 0, 5, 0x01, 0x23, 0x10, 0, 0, 1});
  EXPECT_EQ(decoded(encode_bmp(5, 2, data, settings)).image,
            of_colors(5, 2, {kRed, kGreen, kBlue, kGray, kGreen, kGreen, kBlue, kGreen, kBlue, kGreen}));
}

TEST(Bmp, OldHeader) {
  File file;
  append(file, bytes_of("BM"));
  append_int(file, 14 + 12 + 6 + 4, 4);
  append_int(file, 0, 4);
  append_int(file, 14 + 12 + 6, 4);
  append_int(file, 12, 4);
  for (const std::uint64_t field : {2U, 1U, 1U, 1U}) append_int(file, field, 2);
  append(file, raw({20, 10, 250, 40, 240, 30}));  // two colours, blue first
  append(file, raw({0b01000000, 0, 0, 0}));
  EXPECT_EQ(decoded(file).image, of_colors(2, 1, {kRed, kGreen}));
}

TEST(Bmp, TruncatedKeepsTheRowsThatAreThere) {
  const Image picture = random_picture(40, 50);
  const Photo photo = decoded(cut(encode_bmp(picture, true), 0.5));
  EXPECT_EQ(photo.warning, "the file is truncated");
  EXPECT_NEAR(photo.missing, 0.5, 0.03);
  EXPECT_EQ(greatest_difference(photo.image, picture, std::lround((1 - photo.missing) * 50)), 0);
  EXPECT_EQ(photo.image.rgb.back(), 128);
  EXPECT_EQ(decoded(cut(encode_bmp(picture), 0.5)).image.rgb.front(), 128);  // bottom-up: the top is missing
}

TEST(Bmp, RefusesWhatItCannotKnow) {
  File file = encode_bmp(random_picture(4, 4));
  EXPECT_THAT(refusal(std::span(file).first(40)), HasSubstr("ends inside its header"));
  EXPECT_THAT(refusal(std::span(file).first(54)), HasSubstr("ends before its pixels"));
  File other = file;
  other[28] = std::byte{13};
  EXPECT_THAT(refusal(other), HasSubstr("13 bits"));
  other = file;
  other[30] = std::byte{4};  // an embedded JPEG
  EXPECT_THAT(refusal(other), HasSubstr("compression 4"));
  other = file;
  other[21] = std::byte{0x7F};
  EXPECT_THAT(refusal(other), HasSubstr("more than 65535 on a side"));
  append(file, bytes_of("more"));
  EXPECT_THAT(decoded(file).warning, HasSubstr("4 bytes after the end"));
}

}  // namespace paw::bmp_test
