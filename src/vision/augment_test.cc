#include "vision/augment.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace paw::augment_test {

Image ramp(std::int64_t width, std::int64_t height) {
  Image image{width, height, {}};
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      image.rgb.push_back(static_cast<std::uint8_t>(255 * x / width));
      image.rgb.push_back(static_cast<std::uint8_t>(255 * y / height));
      image.rgb.push_back(90);
    }
  }
  return image;
}

constexpr Augmentation kNothing{.least_area = 1,
                                .flip = 0,
                                .brightness = 0,
                                .contrast = 0,
                                .saturation = 0,
                                .hue = 0,
                                .rotate = 0,
                                .blur = 0,
                                .noise = 0,
                                .jpeg = 0,
                                .erase = 0};

Image changed(const Augmentation& augmentation, const Image& image, std::uint64_t seed = 1) {
  Image out = image;
  Random random(seed);
  EXPECT_TRUE(augment_picture(augmentation, out, random));
  return out;
}

int largest_difference(const Image& a, const Image& b) {
  int most = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
  return most;
}

TEST(Augment, NothingAskedNothingChanged) {
  const Image image = ramp(13, 9);
  EXPECT_LE(largest_difference(changed(kNothing, image), image), 1);  // colours go through a matrix
}

TEST(Augment, OneSeedOnePicture) {
  const Image image = ramp(32, 32);
  EXPECT_EQ(changed({}, image, 3), changed({}, image, 3));
  int different = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) different += changed({}, image, seed) == image ? 0 : 1;
  EXPECT_EQ(different, 20);
}

TEST(Augment, FlipMirrors) {
  Augmentation flip = kNothing;
  flip.flip = 1;
  const Image image = ramp(7, 3), once = changed(flip, image);
  for (std::size_t x = 0; x < 7; ++x) EXPECT_NEAR(once.rgb[x * 3], image.rgb[(6 - x) * 3], 1);
  EXPECT_LE(largest_difference(changed(flip, once), image), 2);
}

TEST(Augment, RotationBlurAndHueKeepAGreyPictureGrey) {
  Augmentation all = kNothing;
  all.rotate = all.blur = 1;
  all.hue = 60;
  all.saturation = 0.9;
  const Image gray{8, 8, std::vector<std::uint8_t>(8 * 8 * 3, 77)};
  for (std::uint64_t seed = 0; seed < 10; ++seed) EXPECT_LE(largest_difference(changed(all, gray, seed), gray), 2);
}

TEST(Augment, BrightnessStaysWithinItsSpread) {
  Augmentation bright = kNothing;
  bright.brightness = 0.1;
  const Image gray{4, 4, std::vector<std::uint8_t>(4 * 4 * 3, 128)};
  int darker = 0, lighter = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const int v = changed(bright, gray, seed).rgb[0];
    EXPECT_GE(v, 128 - 27);
    EXPECT_LE(v, 128 + 27);
    darker += v < 120 ? 1 : 0;
    lighter += v > 136 ? 1 : 0;
  }
  EXPECT_GT(darker, 5);
  EXPECT_GT(lighter, 5);
}

TEST(Augment, NoiseHasItsDeviation) {
  Augmentation noise = kNothing;
  noise.noise = 1;
  const Image gray{100, 100, std::vector<std::uint8_t>(100 * 100 * 3, 128)};
  const Image out = changed(noise, gray);
  double sum = 0, squares = 0;
  for (const std::uint8_t v : out.rgb) {
    sum += v - 128;
    squares += (v - 128) * (v - 128);
  }
  EXPECT_NEAR(sum / 30'000, 0, 0.2);
  EXPECT_NEAR(squares / 30'000, 64, 3);
}

TEST(Augment, JpegChangesALittleByItsQuality) {
  Augmentation jpeg = kNothing;
  jpeg.jpeg = 1;
  const Image image = ramp(40, 32);
  std::vector<int> seen;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Image out = changed(jpeg, image, seed);
    EXPECT_EQ(out, changed(jpeg, image, seed));
    seen.push_back(largest_difference(out, image));
    EXPECT_LT(seen.back(), 60);
  }
  std::ranges::sort(seen);
  EXPECT_LT(seen[0], seen[29]);
  jpeg.least_quality = jpeg.most_quality = 95;
  EXPECT_LE(largest_difference(changed(jpeg, image), image), seen[0] + 2);
}

TEST(Augment, ErasesARectangle) {
  Augmentation erase = kNothing;
  erase.erase = 1;
  const Image white{40, 30, std::vector<std::uint8_t>(40 * 30 * 3, 255)};
  const Image out = changed(erase, white);
  const auto gray = std::ranges::count(out.rgb, std::uint8_t{127});
  EXPECT_GT(gray, 3 * 40 * 30 / 100);
  EXPECT_LT(gray, 3 * 40 * 30 / 4);
}

TEST(RandomPart, LiesInsideAndIsLargeEnough) {
  Random random(4);
  const Augmentation augmentation{.least_area = 0.4};
  for (int i = 0; i < 1000; ++i) {
    const auto width = static_cast<std::int64_t>(1 + random.below(500)),
               height = static_cast<std::int64_t>(1 + random.below(500));
    const PhotoPart part = random_part(augmentation, width, height, random);
    ASSERT_GE(part.x, 0);
    ASSERT_GE(part.y, 0);
    ASSERT_LE(part.x + part.width, width);
    ASSERT_LE(part.y + part.height, height);
    if (width > 20 && height > 20) {
      ASSERT_GE(static_cast<double>(part.width * part.height), 0.35 * static_cast<double>(width * height));
    }
  }
}

}  // namespace paw::augment_test
