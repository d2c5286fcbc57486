#include "vision/feature_sheet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace paw::feature_sheet_test {

using Color = std::array<std::uint8_t, 3>;

Color pixel(const Image& image, std::int64_t y, std::int64_t x) {
  const std::uint8_t* at = &image.rgb[static_cast<std::size_t>(3 * (y * image.width + x))];
  return {at[0], at[1], at[2]};
}

constexpr Color kGrey = {208, 208, 208}, kWhite = {255, 255, 255};

TEST(HeatColor, GetsLighterInEvenSteps) {
  // CIE L* of the colour, from sRGB by its definition (IEC 61966-2-1; CIE 15).
  const auto lightness = [](const Color& color) {
    const double weights[] = {0.2126, 0.7152, 0.0722};
    double y = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double v = color[c] / 255.0;
      y += weights[c] * (v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
    }
    return 116 * std::cbrt(y) - 16;
  };
  double before = lightness(heat_color(0));
  EXPECT_LT(before, 12);
  for (int i = 1; i <= 16; ++i) {
    const double now = lightness(heat_color(i / 16.0));
    EXPECT_GT(now - before, 3) << i;
    EXPECT_LT(now - before, 8) << i;
    before = now;
  }
  EXPECT_GT(before, 85);
  EXPECT_EQ(heat_color(-3), heat_color(0));
  EXPECT_EQ(heat_color(7), heat_color(1));
}

TEST(FeatureSheet, EachChannelGoesFromItsLeastToItsGreatest) {
  // Three channels of 2 x 40: one with levels from -1 to 1, one constant, one with what is no number.
  std::vector<float> values(std::size_t{2} * 40 * 3, 5);
  const auto at = [&](std::size_t y, std::size_t x, std::size_t c) -> float& { return values[(y * 40 + x) * 3 + c]; };
  for (std::size_t x = 0; x < 40; ++x) at(0, x, 0) = at(1, x, 0) = 0;
  at(0, 0, 0) = -1;
  at(1, 39, 0) = 1;
  at(1, 1, 2) = 6;
  at(0, 1, 2) = std::numeric_limits<float>::quiet_NaN();
  at(0, 2, 2) = std::numeric_limits<float>::infinity();
  const FeatureSheet sheet = feature_sheet({values, 2, 40, 3});
  EXPECT_EQ(sheet.shown, 3);
  // Two columns and two rows, two pixels apart.
  ASSERT_EQ(sheet.image.width, 2 * 40 + 2);
  ASSERT_EQ(sheet.image.height, 2 * 2 + 2);
  EXPECT_EQ(pixel(sheet.image, 0, 0), heat_color(0));
  EXPECT_EQ(pixel(sheet.image, 0, 7), heat_color(0.5));
  EXPECT_EQ(pixel(sheet.image, 1, 39), heat_color(1));
  EXPECT_EQ(pixel(sheet.image, 0, 40), kWhite);
  EXPECT_EQ(pixel(sheet.image, 0, 42), kGrey) << "the same everywhere";
  EXPECT_EQ(pixel(sheet.image, 4, 0), heat_color(0));
  EXPECT_EQ(pixel(sheet.image, 5, 1), heat_color(1));
  EXPECT_EQ(pixel(sheet.image, 4, 1), kGrey);
  EXPECT_EQ(pixel(sheet.image, 4, 2), kGrey);
  EXPECT_EQ(pixel(sheet.image, 4, 42), kWhite) << "no fourth channel";
}

TEST(FeatureSheet, SmallMapsGrowLargeOnesAreAveragedManyAreCut) {
  const std::vector<float> small = {0, 1, 2, 3};
  const FeatureSheet grown = feature_sheet({small, 2, 2, 1});
  EXPECT_EQ(grown.image.width, 64);
  EXPECT_EQ(pixel(grown.image, 31, 31), heat_color(0));
  EXPECT_EQ(pixel(grown.image, 31, 32), heat_color(1.0 / 3));
  EXPECT_EQ(pixel(grown.image, 32, 31), heat_color(2.0 / 3));

  // 300 x 2, halved.
  std::vector<float> large(600, 0);
  large[0] = 4;  // a quarter of its block
  large[599] = large[598] = large[597] = large[596] = 1;
  const FeatureSheet halved = feature_sheet({large, 300, 2, 1});
  ASSERT_EQ(halved.image.height, 150);
  ASSERT_EQ(halved.image.width, 1);
  EXPECT_EQ(pixel(halved.image, 0, 0), heat_color(1));
  EXPECT_EQ(pixel(halved.image, 1, 0), heat_color(0));
  EXPECT_EQ(pixel(halved.image, 149, 0), heat_color(1));

  const std::vector<float> many(std::size_t{4} * 100, 1);
  EXPECT_EQ(feature_sheet({many, 2, 2, 100}).shown, 64);
  EXPECT_EQ(feature_sheet({many, 2, 2, 100}, 9).image.width, 3 * 32 + 2 * 2 + 3 * 32);
}

TEST(FeatureSheet, ALayerWithoutExtentIsOneMap) {
  std::vector<float> values(70);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const FeatureSheet sheet = feature_sheet({values, 1, 1, 70});
  EXPECT_EQ(sheet.shown, 70);
  ASSERT_EQ(sheet.image.width, 64 * 12);
  ASSERT_EQ(sheet.image.height, 2 * 12);
  EXPECT_EQ(pixel(sheet.image, 0, 0), heat_color(0));
  EXPECT_EQ(pixel(sheet.image, 23, 5 * 12), heat_color(1));
  EXPECT_EQ(pixel(sheet.image, 23, 6 * 12), kGrey) << "no 71st channel";
}

}  // namespace paw::feature_sheet_test
