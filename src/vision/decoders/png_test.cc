#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/color_profile_testing.h"
#include "vision/decoders/png_testing.h"

namespace paw::png_test {

using testing::HasSubstr;

// Packs samples of `bits` each, every row filling whole bytes.
std::vector<std::uint8_t> packed(const std::vector<unsigned>& samples, std::size_t per_row, int bits) {
  std::vector<std::uint8_t> rows;
  for (std::size_t at = 0; at < samples.size(); at += per_row) {
    unsigned held = 0, used = 0;
    for (std::size_t i = 0; i < per_row; ++i) {
      if (bits == 16) {
        rows.push_back(static_cast<std::uint8_t>(samples[at + i] >> 8));
        rows.push_back(static_cast<std::uint8_t>(samples[at + i]));
        continue;
      }
      held = held << bits | samples[at + i];
      used += static_cast<unsigned>(bits);
      if (used == 8 || i + 1 == per_row) {
        rows.push_back(static_cast<std::uint8_t>(held << (8 - used)));
        held = used = 0;
      }
    }
  }
  return rows;
}

std::vector<unsigned> random_samples(std::size_t count, int bits) {
  Random random(7);
  std::vector<unsigned> samples(count);
  for (unsigned& sample : samples) sample = static_cast<unsigned>(random.below(std::uint64_t{1} << bits));
  return samples;
}

std::uint8_t to_8_bits(unsigned sample, int bits) {
  return static_cast<std::uint8_t>(std::lround(sample * 255.0 / ((1 << bits) - 1)));
}

std::uint8_t on_white(unsigned level, unsigned alpha) {
  return static_cast<std::uint8_t>(std::lround((level * alpha + 255.0 * (255 - alpha)) / 255));
}

TEST(Png, RgbIsExactInterlacedOrNot) {
  const Image picture = random_picture(37, 21);
  for (const bool interlaced : {false, true}) {
    const File file = encode_png(picture, {.interlaced = interlaced});
    const Photo photo = decoded(file);
    EXPECT_EQ(photo.image, picture);
    EXPECT_EQ(photo.warning, "");
    EXPECT_EQ(photo.missing, 0);
    EXPECT_EQ(photo.header.format, PhotoFormat::kPng);
    EXPECT_FALSE(photo.header.gray || photo.header.alpha || photo.header.animated || photo.header.icc);
  }
}

TEST(Png, GrayOfEveryDepth) {
  for (const int bits : {1, 2, 4, 8, 16}) {
    const auto samples = random_samples(19 * 5, bits);
    const Photo photo =
        decoded(encode_png(19, 5, packed(samples, 19, bits), {.color_type = PNG_COLOR_TYPE_GRAY, .bits = bits}));
    EXPECT_TRUE(photo.header.gray);
    EXPECT_EQ(photo.header.bits, bits);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(photo.image.rgb[3 * i + c], to_8_bits(samples[i], bits)) << bits;
    }
  }
}

TEST(Png, SixteenBitsAreRounded) {
  const auto samples = random_samples(3 * 20 * 9, 16);
  const Photo photo = decoded(encode_png(20, 9, packed(samples, 60, 16), {.bits = 16}));
  EXPECT_EQ(photo.header.bits, 16);
  for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_EQ(photo.image.rgb[i], to_8_bits(samples[i], 16));
}

TEST(Png, PaletteOfEveryDepthWithAlpha) {
  for (const int bits : {1, 2, 4, 8}) {
    PngSettings settings{.color_type = PNG_COLOR_TYPE_PALETTE, .bits = bits};
    for (unsigned i = 0; i < 1U << bits; ++i) {
      settings.palette.push_back(
          {static_cast<png_byte>(17 * i), static_cast<png_byte>(255 - i), static_cast<png_byte>(3 * i)});
      settings.palette_alpha.push_back(static_cast<png_byte>(41 * i));
    }
    const auto indices = random_samples(13 * 6, bits);
    const Photo photo = decoded(encode_png(13, 6, packed(indices, 13, bits), settings));
    EXPECT_TRUE(photo.header.alpha);
    EXPECT_EQ(photo.header.bits, 8);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const png_color color = settings.palette[indices[i]];
      const unsigned alpha = settings.palette_alpha[indices[i]];
      ASSERT_EQ(photo.image.rgb[3 * i], on_white(color.red, alpha));
      ASSERT_EQ(photo.image.rgb[3 * i + 1], on_white(color.green, alpha));
      ASSERT_EQ(photo.image.rgb[3 * i + 2], on_white(color.blue, alpha));
    }
  }
}

TEST(Png, AlphaIsCompositedOnWhiteInterlacedOrNot) {
  const auto samples = random_samples(4 * 23 * 17, 8);
  for (const bool interlaced : {false, true}) {
    const Photo photo = decoded(encode_png(23, 17, packed(samples, 4 * 23, 8),
                                           {.color_type = PNG_COLOR_TYPE_RGB_ALPHA, .interlaced = interlaced}));
    EXPECT_TRUE(photo.header.alpha);
    for (std::size_t i = 0; i < photo.image.rgb.size(); ++i) {
      ASSERT_EQ(photo.image.rgb[i], on_white(samples[i / 3 * 4 + i % 3], samples[i / 3 * 4 + 3]));
    }
  }
}

TEST(Png, GrayWithAlphaAndWithOneTransparentLevel) {
  const auto samples = random_samples(2 * 30, 8);
  Photo photo = decoded(encode_png(10, 3, packed(samples, 20, 8), {.color_type = PNG_COLOR_TYPE_GRAY_ALPHA}));
  EXPECT_TRUE(photo.header.gray && photo.header.alpha);
  for (std::size_t i = 0; i < 30; ++i) ASSERT_EQ(photo.image.rgb[3 * i], on_white(samples[2 * i], samples[2 * i + 1]));

  PngSettings settings{.color_type = PNG_COLOR_TYPE_GRAY, .has_transparent = true};
  settings.transparent.gray = 9;
  photo = decoded(encode_png(3, 1, {8, 9, 10}, settings));
  EXPECT_TRUE(photo.header.alpha);
  EXPECT_THAT(photo.image.rgb, testing::ElementsAre(8, 8, 8, 255, 255, 255, 10, 10, 10));
}

TEST(Png, ExifOrientationIsAppliedWhereverItStands) {
  const Image picture = random_picture(9, 5);
  for (int orientation = 2; orientation <= 8; ++orientation) {
    const File block = exif_block(orientation, false, false);
    const Image stored = stored_for(picture, orientation);
    EXPECT_EQ(decoded(encode_png(stored, {.exif = block})).image, picture);
    const File late = with_chunk(encode_png(stored), png_chunk("eXIf", block), true);
    EXPECT_EQ(decoded(late).image, picture);
    EXPECT_EQ(header_of(late).orientation, orientation);
  }
}

TEST(Png, ProfileIsConverted) {
  const Photo photo = decoded(encode_png(1, 1, {200, 100, 50}, {.icc = display_p3_profile()}));
  EXPECT_TRUE(photo.header.icc);
  EXPECT_EQ(photo.warning, "");
  EXPECT_NEAR(photo.image.rgb[0], 215, 1);
  EXPECT_NEAR(photo.image.rgb[1], 93, 1);
  EXPECT_NEAR(photo.image.rgb[2], 31, 1);
}

TEST(Png, GammaIsIgnored) {
  File gamma;
  append_int(gamma, 100'000, 4, false);  // linear light, if it was heeded
  const Image picture = random_picture(4, 4);
  EXPECT_EQ(decoded(with_chunk(encode_png(picture), png_chunk("gAMA", gamma))).image, picture);
}

TEST(Png, AnimationIsSaidAndItsFirstFrameDecoded) {
  File control;
  append_int(control, 2, 4, false);
  append_int(control, 0, 4, false);
  const Image picture = random_picture(8, 8);
  const Photo photo = decoded(with_chunk(encode_png(picture), png_chunk("acTL", control)));
  EXPECT_TRUE(photo.header.animated);
  EXPECT_EQ(photo.image, picture);
}

TEST(Png, BombIsRefusedFromItsHeader) {
  File file = encode_png(random_picture(2, 2));
  for (const std::size_t at : {16U, 20U}) {
    File side;
    append_int(side, 60'000, 4, false);
    std::ranges::copy(side, file.begin() + static_cast<std::ptrdiff_t>(at));
  }
  EXPECT_THAT(refusal(file), HasSubstr("60000 x 60000 pixels: more than 128.0 megapixels"));
}

TEST(Png, TruncatedKeepsTheRowsThatAreThere) {
  const Image picture = random_picture(80, 100);
  const File whole = encode_png(picture);
  const Photo photo = decoded(cut(whole, 0.5));
  EXPECT_THAT(photo.warning, HasSubstr("truncated"));
  EXPECT_NEAR(photo.missing, 0.5, 0.05);
  const auto held = std::lround((1 - photo.missing) * 100);
  EXPECT_EQ(greatest_difference(photo.image, picture, held), 0);
  EXPECT_EQ(photo.image.rgb.back(), 128);
}

TEST(Png, TruncatedInterlacedHasNoHoles) {
  const Photo photo = decoded(cut(encode_png(smooth_picture(64, 64), {.interlaced = true}), 0.6));
  EXPECT_EQ(photo.missing, 0);
  EXPECT_THAT(photo.warning, HasSubstr("truncated"));
  EXPECT_LE(greatest_difference(photo.image, smooth_picture(64, 64)), 30);
}

TEST(Png, CutInsideTheHeaderIsRefused) {
  const File whole = encode_png(random_picture(4, 4));
  for (const std::size_t size : {8U, 20U, 30U}) {
    EXPECT_THAT(refusal(std::span(whole).first(size)), HasSubstr("ends inside its header"));
  }
}

TEST(Png, WrongChecksumAndGarbageAreSaid) {
  const Image picture = random_picture(16, 16);
  File file = encode_png(picture);
  File garbage = file;
  append(garbage, bytes_of("xyz"));
  EXPECT_THAT(decoded(garbage).warning, HasSubstr("3 bytes after the end"));
  file[file.size() - 13] ^= std::byte{1};  // CRC of the last IDAT
  const Photo photo = decoded(file);
  EXPECT_THAT(photo.warning, HasSubstr("CRC"));
  EXPECT_EQ(photo.image, picture);
}

}  // namespace paw::png_test
