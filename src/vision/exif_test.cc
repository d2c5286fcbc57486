#include "vision/exif.h"

#include <gtest/gtest.h>

#include "vision/photo_testing.h"

namespace paw::exif_test {

TEST(Exif, ReadsTheOrientationInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool little : {true, false}) {
      EXPECT_EQ(exif_orientation(exif_block(orientation, little)), orientation);
      EXPECT_EQ(exif_orientation(exif_block(orientation, little, false)), orientation);
    }
  }
}

TEST(Exif, ValuesOutsideOfOneToEightCountAsUpright) {
  for (const int orientation : {0, 9, 255, 65535}) EXPECT_EQ(exif_orientation(exif_block(orientation)), 1);
}

TEST(Exif, WrongTypeOrCountCountsAsUpright) {
  constexpr std::size_t kEntry = 8 + 2 + 12;  // the second one
  File block = exif_block(6, true, false);
  block[kEntry + 2] = std::byte{7};
  EXPECT_EQ(exif_orientation(block), 1);
  block = exif_block(6, true, false);
  block[kEntry + 4] = std::byte{2};
  EXPECT_EQ(exif_orientation(block), 1);
}

TEST(Exif, CutAnywhereIsSafe) {
  const File block = exif_block(6);
  for (std::size_t size = 0; size <= block.size(); ++size) {
    const File part(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    const int orientation = exif_orientation(part);
    EXPECT_TRUE(orientation == 1 || orientation == 6);
  }
}

TEST(Exif, DirectoryPastTheEndOrOnItselfIsSafe) {
  for (const std::uint64_t offset : {0ULL, 4ULL, 0xFFFFFFFFULL, 0xFFFFFFF0ULL}) {
    File block;
    append(block, bytes_of(std::string_view("II*\0", 4)));
    append_int(block, offset, 4);
    append_int(block, 0xFFFF, 2);  // entries
    EXPECT_EQ(exif_orientation(block), 1);
  }
}

TEST(Exif, RandomBytesAreSafe) {
  const File good = exif_block(6);
  Random random(11);
  for (int round = 0; round < 20'000; ++round) {
    File block = good;
    for (std::uint64_t i = 0; i <= random.below(4); ++i)
      block[random.below(block.size())] = static_cast<std::byte>(random.below(256));
    const int orientation = exif_orientation(block);
    EXPECT_TRUE(orientation >= 1 && orientation <= 8);
  }
}

}  // namespace paw::exif_test
