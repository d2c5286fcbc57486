#include "vision/orientation.h"

#include <gtest/gtest.h>

#include "vision/photo_testing.h"

namespace paw {
namespace {

TEST(Orientation, TurnsEveryCaseBack) {
  for (const auto& [width, height] : {std::pair{5, 3}, {1, 7}, {64, 33}, {100, 70}, {1, 1}}) {
    const Image picture = random_picture(width, height);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      EXPECT_EQ(upright(stored_for(picture, orientation), orientation), picture) << orientation;
    }
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

}  // namespace
}  // namespace paw
