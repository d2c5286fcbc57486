#include "vision/draw/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "host/sha256.h"

namespace paw::draw::draw_test {

double area(const Mask& mask) {
  double sum = 0;
  for (const float share : mask.coverage) sum += double(share);
  return sum;
}

TEST(DrawGeometryTest, SineIsTheLibrarysToSixDigits) {
  for (double turns = -1.5; turns < 1.5; turns += 0.001) {
    ASSERT_NEAR(sin_turn(turns), std::sin(2 * std::numbers::pi * turns), 1e-6) << turns;
    ASSERT_NEAR(cos_turn(turns), std::cos(2 * std::numbers::pi * turns), 1e-6) << turns;
  }
}

TEST(DrawGeometryTest, CoverageIsTheAreaWhereverAShapeLies) {
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    const Vec center{random.uniform(20, 44), random.uniform(20, 44)};
    const double rx = random.uniform(0.3, 18), ry = random.uniform(0.3, 18), turns = random.uniform();
    const Shape shape = ellipse(center, rx, ry, turns);
    // A polygon of 40 sides has this share of its circle.
    const double expected = std::numbers::pi * rx * ry * std::sin(std::numbers::pi / 20) / (std::numbers::pi / 20);
    ASSERT_NEAR(area(cover(shape, 64, 64)), expected, 1e-3 * (1 + expected)) << i;
    // Whatever is beyond the edges is cut: four quadrants together are the whole.
    double parts = 0;
    for (const Vec shift : {Vec{0, 0}, {-32, 0}, {0, -32}, {-32, -32}}) {
      parts += area(cover(shape.transformed(translation(shift)), 32, 32));
    }
    ASSERT_NEAR(parts, expected, 1e-2 * (1 + expected)) << i;
  }
}

TEST(DrawGeometryTest, OverlapsAndMirrorsDoNotCancel) {
  Shape shape = circle({16, 16}, 8);
  shape.add(rectangle(10, 10, 22, 22)).add(circle({16, 16}, 3));
  for (const float share : cover(shape, 32, 32).coverage) EXPECT_LE(share, 1.0f);
  const double there = area(cover(shape, 32, 32));
  EXPECT_GT(there, 190);
  EXPECT_NEAR(area(cover(shape.transformed(translation({32, 0}) * scaling(-1, 1)), 32, 32)), there, 1e-3);
  EXPECT_GT(area(cover(shape.grown(1), 32, 32)), there + 40);
}

TEST(DrawPictureTest, IsAFunctionOfSeedIndexSizeAndSpecies) {
  const Image picture = draw_picture(Species::kCat, 48, 1, 2);
  EXPECT_EQ(picture.width, 48);
  EXPECT_EQ(picture.rgb.size(), 48u * 48 * 3);
  EXPECT_EQ(draw_picture(Species::kCat, 48, 1, 2), picture);
  EXPECT_NE(draw_picture(Species::kDog, 48, 1, 2), picture);
  EXPECT_NE(draw_picture(Species::kCat, 48, 2, 2), picture);
  EXPECT_NE(draw_picture(Species::kCat, 48, 1, 3), picture);
}

// The same on every machine and compiler. When the drawing is changed on purpose, the new value is printed here.
TEST(DrawPictureTest, PixelsArePinned) {
  std::string all;
  for (std::uint64_t i = 0; i < 12; ++i) {
    const Image picture = draw_picture(static_cast<Species>(i % 2), 64, 0, i);
    all.append(picture.rgb.begin(), picture.rgb.end());
  }
  EXPECT_EQ(to_hex(sha256(std::as_bytes(std::span(all)))),
            "1e219f06a6ec378b2baca942cadfeb448ea088e39db1cad63cbe1a1d8ceb2583");
}

TEST(DrawPictureTest, EverySizeWorks) {
  for (const std::int64_t size : {Limits::kMinSize, std::int64_t{33}, std::int64_t{300}}) {
    EXPECT_EQ(draw_picture(Species::kDog, size, 3, 4).width, size);
  }
}

bool same(Color a, Color b) { return a.r == b.r && a.g == b.g && a.b == b.b; }

// Whatever is not shape is drawn from the same numbers for both.
TEST(DrawAnimalTest, ColoursAndPosesCarryNoClass) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    Random cat_look(i), cat_shape(i, 1), dog_look(i), dog_shape(i, 1);
    const Animal cat = make_animal(Species::kCat, cat_look, cat_shape);
    const Animal dog = make_animal(Species::kDog, dog_look, dog_shape);
    EXPECT_TRUE(same(cat.fur.base, dog.fur.base) && same(cat.fur.second, dog.fur.second));
    EXPECT_EQ(cat.fur.pattern, dog.fur.pattern);
    EXPECT_EQ(cat.fur.fluff, dog.fur.fluff);
    EXPECT_EQ(cat.pose, dog.pose);
    EXPECT_EQ(cat.collar, dog.collar);
    EXPECT_EQ(cat.head.yaw, dog.head.yaw);
    EXPECT_EQ(cat_look.bits(), dog_look.bits()) << "both took as many numbers";
  }
}

// What a person tells them by never overlaps: a cat has pointed ears and hardly a muzzle.
TEST(DrawAnimalTest, ShapesTellTheClass) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    Random look(i), shape(i, 1);
    const Animal cat = make_animal(Species::kCat, look, shape), dog = make_animal(Species::kDog, look, shape);
    EXPECT_EQ(cat.head.ear, EarKind::kCatPointed);
    EXPECT_NE(dog.head.ear, EarKind::kCatPointed);
    EXPECT_LT(cat.head.muzzle_length + 0.2, dog.head.muzzle_length);
    EXPECT_GT(cat.tail.length, dog.tail.length);
  }
}

}  // namespace paw::draw::draw_test
