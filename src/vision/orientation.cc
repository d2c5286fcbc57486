#include "vision/orientation.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace paw {
namespace {

// Where the upright picture's first pixel is stored, and how far apart its neighbours are there; in pixels.
struct Walk {
  std::ptrdiff_t start = 0, right = 1, down = 0;
};

Walk walk_of(int orientation, std::ptrdiff_t width, std::ptrdiff_t height) {
  const std::ptrdiff_t last_column = width - 1, last_row = (height - 1) * width;
  switch (orientation) {
    case 2: return {last_column, -1, width};
    case 3: return {last_row + last_column, -1, -width};
    case 4: return {last_row, 1, -width};
    case 5: return {0, width, 1};
    case 6: return {last_row, -width, 1};
    case 7: return {last_row + last_column, -width, -1};
    case 8: return {last_column, width, -1};
    default: return {0, 1, width};
  }
}

// Copies a block's row, `count` pixels that lie `step` pixels apart. Four bytes at a time, which is faster: the fourth
// is overwritten by the next pixel. Not for the last pixel of the row, nor for the one that ends the picture, at `end`.
void copy_pixels(const std::uint8_t* from, const std::uint8_t* end, std::uint8_t* to, std::ptrdiff_t count,
                 std::ptrdiff_t step) {
  for (std::ptrdiff_t i = 0; i + 1 < count; ++i, from += 3 * step, to += 3) {
    if (end - from >= 4) {
      std::memcpy(to, from, 4);
    } else {
      std::memcpy(to, from, 3);
    }
  }
  std::memcpy(to, from, 3);
}

}  // namespace

bool swaps_sides(int orientation) { return orientation >= 5 && orientation <= 8; }

void turn_rows(const std::uint8_t* rows, std::int64_t first, std::int64_t count, std::int64_t width,
               std::int64_t height, int orientation, Image& image) {
  const Walk walk = walk_of(orientation, width, height);
  // Rows or columns of the upright picture.
  const bool from_end = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::ptrdiff_t begin = from_end ? height - first - count : first, end = begin + count;
  const bool swaps = swaps_sides(orientation);
  const std::ptrdiff_t left_end = swaps ? end : width, top_end = swaps ? width : end;
  // Blocks: where rows become columns, the source lines of a block stay in the first-level cache.
  constexpr std::ptrdiff_t kBlock = 32;
  for (std::ptrdiff_t top = swaps ? 0 : begin; top < top_end; top += kBlock) {
    for (std::ptrdiff_t left = swaps ? begin : 0; left < left_end; left += kBlock) {
      const std::ptrdiff_t pixels = std::min<std::ptrdiff_t>(kBlock, left_end - left);
      for (std::ptrdiff_t y = top; y < std::min<std::ptrdiff_t>(top + kBlock, top_end); ++y) {
        copy_pixels(rows + 3 * (walk.start + left * walk.right + y * walk.down - first * width),
                    rows + 3 * count * width, image.rgb.data() + 3 * (y * image.width + left), pixels, walk.right);
      }
    }
  }
}

void turn_upright(const Image& stored, int orientation, Image& image) {
  const bool swaps = swaps_sides(orientation);
  image.set_size(swaps ? stored.height : stored.width, swaps ? stored.width : stored.height);
  turn_rows(stored.rgb.data(), 0, stored.height, stored.width, stored.height, orientation, image);
}

}  // namespace paw
