#include "kernels/move/move.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "kernels/kernel_testing.h"

namespace paw::move_test {

using Buffer = std::vector<unsigned char>;
constexpr unsigned char kUntouched = 0xA5;

// One past the highest element that a side reaches.
std::int64_t reach(const std::int64_t* extents, const std::int64_t* strides, std::int64_t offset) {
  for (int i = 0; i < kMoveAxes; ++i) offset += (extents[i] - 1) * strides[i];
  return offset + 1;
}

// The definition in move.h, word by word.
Buffer by_definition(const Move& m, const Buffer& x, Buffer y) {
  const auto width = static_cast<std::size_t>(m.element_bytes);
  const std::int64_t all = std::accumulate(m.extents, m.extents + kMoveAxes, std::int64_t{1}, std::multiplies<>());
  for (std::int64_t i = 0; i < all; ++i) {
    std::int64_t rest = i, from = m.from_offset, to = m.to_offset;
    for (int axis = kMoveAxes - 1; axis >= 0; --axis) {
      from += rest % m.extents[axis] * m.from[axis];
      to += rest % m.extents[axis] * m.to[axis];
      rest /= m.extents[axis];
    }
    std::memcpy(&y[static_cast<std::size_t>(to) * width], &x[static_cast<std::size_t>(from) * width], width);
  }
  return y;
}

std::string text(const Move& m) {
  std::string out = std::to_string(m.element_bytes) + " bytes:";
  for (int i = 0; i < kMoveAxes; ++i) {
    out += " " + std::to_string(m.extents[i]) + "(" + std::to_string(m.from[i]) + "," + std::to_string(m.to[i]) + ")";
  }
  return out + " offsets " + std::to_string(m.from_offset) + "," + std::to_string(m.to_offset);
}

// The kernel does what the definition says and leaves all else alone: as given and normalised, on every tier, however
// the units are shared out, with buffers that end where the move ends.
void expect_moves(const Move& m, Random& random) {
  const std::int64_t width = m.element_bytes;
  Buffer x(static_cast<std::size_t>(reach(m.extents, m.from, m.from_offset) * width));
  for (unsigned char& byte : x) byte = static_cast<unsigned char>(random.below(256));
  const Buffer blank(static_cast<std::size_t>(reach(m.extents, m.to, m.to_offset) * width), kUntouched);
  const Buffer expected = by_definition(m, x, blank);
  const Move best = normalised(m);
  ASSERT_EQ(by_definition(best, x, blank), expected) << "normalised " << text(m) << " into " << text(best);
  for (const Isa isa : available_isas()) {
    for (const Move& move : {m, best}) {
      Buffer whole = blank, pieces = blank;
      kernel_table(isa).move(move, x.data(), whole.data(), {0, move_units(move)});
      ASSERT_EQ(whole, expected) << name(isa) << " " << text(move);
      for (const Range range : odd_pieces(move_units(move))) {
        kernel_table(isa).move(move, x.data(), pieces.data(), range);
      }
      ASSERT_EQ(pieces, expected) << name(isa) << " in pieces: " << text(move);
    }
  }
}

// Axes in a random order in memory, with gaps; the input may repeat along some.
void random_strides(Random& random, const std::int64_t* extents, std::int64_t* strides, bool gaps, bool repeats) {
  int order[kMoveAxes];
  std::iota(order, order + kMoveAxes, 0);
  for (std::uint64_t i = kMoveAxes - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  std::int64_t stride = 1;
  for (const int axis : order) {
    if (gaps && random.below(3) == 0) stride *= 1 + static_cast<std::int64_t>(random.below(2));
    strides[axis] = repeats && random.below(4) == 0 ? 0 : stride;
    stride *= extents[axis];
    if (gaps && random.below(3) == 0) stride += static_cast<std::int64_t>(random.below(3));
  }
}

TEST(Move, RandomAxes) {
  Random random(81);
  for (int i = 0; i < 2000; ++i) {
    Move m{.element_bytes = std::int64_t{1} << random.below(4)};
    const std::uint64_t rank = random.below(kMoveAxes + 1);
    for (std::uint64_t axis = 0; axis < rank; ++axis) {
      m.extents[random.below(kMoveAxes)] = 1 + static_cast<std::int64_t>(random.below(7));
    }
    if (rank < 3) m.extents[random.below(kMoveAxes)] = 1 + static_cast<std::int64_t>(random.below(130));
    random_strides(random, m.extents, m.from, random.below(2) == 0, random.below(2) == 0);
    random_strides(random, m.extents, m.to, random.below(2) == 0, false);
    m.from_offset = static_cast<std::int64_t>(random.below(4));
    m.to_offset = static_cast<std::int64_t>(random.below(4));
    expect_moves(m, random);
    if (HasFatalFailure()) return;
  }
}

Move matrix(std::int64_t rows, std::int64_t columns, std::int64_t width) {
  return {.extents = {1, 1, 1, 1, rows, columns},
          .from = {0, 0, 0, 0, 1, rows},
          .to = {0, 0, 0, 0, columns, 1},
          .element_bytes = width};
}

TEST(Move, TransposesEverySmallMatrix) {
  Random random(82);
  for (std::int64_t rows = 1; rows <= 19; ++rows) {
    for (std::int64_t columns = 1; columns <= 19; ++columns) {
      for (const std::int64_t width : {1, 4, 8}) expect_moves(matrix(rows, columns, width), random);
      if (HasFatalFailure()) return;
    }
  }
}

// Larger than a block along one axis, the other, and both.
TEST(Move, TransposesInBlocks) {
  Random random(83);
  for (const auto& [rows, columns] : {std::pair{3, 9001}, {9001, 3}, {129, 131}, {1, 5000}, {5000, 1}, {64, 64}}) {
    expect_moves(matrix(rows, columns, 4), random);
  }
}

TEST(Move, CopiesRunsOfEveryLength) {
  Random random(84);
  for (std::int64_t length = 1; length <= 140; ++length) {
    for (const std::int64_t width : {1, 2, 4, 8}) {
      const Move rows{.extents = {1, 1, 1, 1, 3, length},
                      .from = {0, 0, 0, 0, length, 1},
                      .to = {0, 0, 0, 0, length + 1, 1},
                      .element_bytes = width};
      expect_moves(rows, random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Move, LongRunsAndFillsAreCutIntoBlocks) {
  Random random(85);
  for (const std::int64_t width : {1, 4}) {
    const Move copy{.extents = {1, 1, 1, 1, 1, 3 * kMoveBlock + 5},
                    .from = {0, 0, 0, 0, 0, 1},
                    .to = {0, 0, 0, 0, 0, 1},
                    .element_bytes = width};
    EXPECT_EQ(move_units(copy), 4);
    expect_moves(copy, random);
    Move fill = copy;
    fill.from[kMoveAxes - 1] = 0;
    expect_moves(fill, random);
  }
}

TEST(MoveNormalised, JoinsAxesThatAreContiguousOnBothSides) {
  const Move copy{.extents = {1, 2, 1, 3, 4, 5}, .from = {0, 60, 60, 20, 5, 1}, .to = {0, 60, 60, 20, 5, 1}};
  const Move one = normalised(copy);
  EXPECT_EQ(one.extents[kMoveAxes - 1], 120);
  EXPECT_EQ(one.extents[kMoveAxes - 2], 1);
  EXPECT_EQ(move_units(one), 1);
}

// [2,5,7,3] to [2,3,5,7]: images of 35 pixels by 3 channels.
TEST(MoveNormalised, PairsTheContiguousAxes) {
  const Move nchw{.extents = {1, 1, 2, 3, 5, 7}, .from = {0, 0, 105, 1, 21, 3}, .to = {0, 0, 105, 35, 7, 1}};
  const Move m = normalised(nchw);
  EXPECT_EQ(m.extents[3], 2);
  EXPECT_EQ(m.extents[4], 3);
  EXPECT_EQ(m.from[4], 1);
  EXPECT_EQ(m.extents[5], 35);
  EXPECT_EQ(m.to[5], 1);
  // The contiguous axis of the input lies outside: [3,5,7] with strides 1, 21, 3 written as [5,3,7].
  const Move outside =
      normalised({.extents = {1, 1, 1, 3, 5, 7}, .from = {0, 0, 0, 1, 21, 3}, .to = {0, 0, 0, 50, 10, 1}});
  EXPECT_EQ(outside.from[kMoveAxes - 2], 1);
  EXPECT_EQ(outside.to[kMoveAxes - 1], 1);
}

}  // namespace paw::move_test
