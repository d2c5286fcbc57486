#include "vision/orientation.h"

#include <gtest/gtest.h>

#include "vision/photo_testing.h"

namespace paw::orientation_test {

Image upright(const Image& stored, int orientation) {
  Image image = random_picture(3, 2);
  turn_upright(stored, orientation, image);
  return image;
}

TEST(Orientation, TurnsEveryCaseBack) {
  for (const auto& [width, height] : {std::pair{5, 3}, {1, 7}, {64, 33}, {100, 70}, {1, 1}}) {
    const Image picture = random_picture(width, height);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      EXPECT_EQ(upright(stored_for(picture, orientation), orientation), picture) << orientation;
    }
  }
}

TEST(Orientation, PiecesGoToTheirPlaces) {
  const Image picture = random_picture(70, 37);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image stored = stored_for(picture, orientation);
    Image image = blank(picture.width, picture.height);
    for (std::int64_t first = 0, count = 1; first < stored.height; first += count, count = 2 * count + 1) {
      count = std::min(count, stored.height - first);
      const auto begin = stored.rgb.begin() + 3 * first * stored.width;
      const std::vector<std::uint8_t> rows(begin, begin + 3 * count * stored.width);
      turn_rows(rows.data(), first, count, stored.width, stored.height, orientation, image);
    }
    EXPECT_EQ(image, picture) << orientation;
  }
}

TEST(Orientation, SixIsAQuarterTurnClockwise) {
  // Stored  A B   upright  C A
  //         C D            D B
  const Image stored{2, 2, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}};
  const Image turned{2, 2, {3, 3, 3, 1, 1, 1, 4, 4, 4, 2, 2, 2}};
  EXPECT_EQ(upright(stored, 6), turned);
}

TEST(Orientation, UnknownValuesChangeNothing) {
  const Image picture = random_picture(4, 3);
  for (const int orientation : {-1, 0, 1, 9, 65535}) EXPECT_EQ(upright(picture, orientation), picture);
}

}  // namespace paw::orientation_test
