#include "tensor/shape.h"

#include <gtest/gtest.h>

#include <vector>

namespace paw::shape_test {

std::optional<Shape> checked(std::vector<std::int64_t> extents) { return Shape::checked(extents); }

TEST(Shape, ElementsStridesText) {
  const Shape shape{1, 224, 220, 3};
  EXPECT_EQ(shape.rank(), 4);
  EXPECT_EQ(shape.elements(), 224 * 220 * 3);
  EXPECT_EQ(shape.back(), 3);
  EXPECT_EQ(shape.text(), "[1,224,220,3]");
  const auto strides = strides_of(shape);
  EXPECT_EQ(strides[0], 224 * 220 * 3);
  EXPECT_EQ(strides[1], 220 * 3);
  EXPECT_EQ(strides[2], 3);
  EXPECT_EQ(strides[3], 1);
}

TEST(Shape, ScalarHasOneElement) {
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ(Shape{}.text(), "[]");
  EXPECT_TRUE(Shape{}.valid());
}

TEST(Shape, EqualityLooksAtRankAndExtents) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2, 3}), (Shape{2, 3, 1}));
  Shape shape{2, 3};
  shape[1] = 4;
  EXPECT_EQ(shape, (Shape{2, 4}));
}

TEST(Shape, CheckedRefusesWhatNoTensorMayHave) {
  EXPECT_TRUE(checked({1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(checked({1, 1, 1, 1, 1, 1, 1}));
  EXPECT_FALSE(checked({0}));
  EXPECT_FALSE(checked({2, -1}));
  EXPECT_TRUE(checked({kMaxExtent}));
  EXPECT_FALSE(checked({kMaxExtent + 1}));
  EXPECT_TRUE(checked({1 << 20, 1 << 20}));
  EXPECT_FALSE(checked({1 << 20, 1 << 20, 2}));
}

// The product of the first two is 2^40; times 2^30 it wraps around to zero.
TEST(Shape, CheckedSeesProductsThatOverflow) {
  EXPECT_FALSE(checked({1 << 30, 1 << 10, 1 << 30}));
  EXPECT_FALSE(checked({1 << 30, 1 << 10, 1 << 24}));
  EXPECT_FALSE(checked(std::vector<std::int64_t>(6, kMaxExtent)));
}

TEST(Shape, BroadcastLikeNumPy) {
  EXPECT_EQ(broadcast({2, 3}, {2, 3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast({2, 3}, {}), (Shape{2, 3}));
  EXPECT_EQ(broadcast({}, {}), Shape{});
  EXPECT_EQ(broadcast({3}, {2, 1}), (Shape{2, 3}));
  EXPECT_EQ(broadcast({8, 1, 6, 1}, {7, 1, 5}), (Shape{8, 7, 6, 5}));
  EXPECT_EQ(broadcast({1}, {1, 1}), (Shape{1, 1}));
  EXPECT_EQ(broadcast({2}, {3}), std::nullopt);
  EXPECT_EQ(broadcast({2, 1}, {8, 4, 3}), std::nullopt);
  EXPECT_EQ(broadcast({1 << 25, 1}, {1 << 25}), std::nullopt);  // 2^50 elements
}

}  // namespace paw::shape_test
