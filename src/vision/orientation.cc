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

void turn_upright(const Image& stored, int orientation, Image& image) {
  const Walk walk = walk_of(orientation, stored.width, stored.height);
  const bool swaps = orientation >= 5 && orientation <= 8;
  image.width = swaps ? stored.height : stored.width;
  image.height = swaps ? stored.width : stored.height;
  if (stored.rgb.size() > image.rgb.capacity()) image.rgb = {};
  image.rgb.resize(stored.rgb.size());
  // Blocks: where rows become columns, the source lines of a block stay in the first-level cache.
  constexpr std::ptrdiff_t kBlock = 32;
  for (std::ptrdiff_t top = 0; top < image.height; top += kBlock) {
    for (std::ptrdiff_t left = 0; left < image.width; left += kBlock) {
      const std::ptrdiff_t count = std::min<std::ptrdiff_t>(kBlock, image.width - left);
      for (std::ptrdiff_t y = top; y < std::min<std::ptrdiff_t>(top + kBlock, image.height); ++y) {
        copy_pixels(stored.rgb.data() + 3 * (walk.start + left * walk.right + y * walk.down),
                    stored.rgb.data() + stored.rgb.size(), image.rgb.data() + 3 * (y * image.width + left), count,
                    walk.right);
      }
    }
  }
}

Image upright(Image stored, int orientation) {
  if (orientation < 2 || orientation > 8) return stored;
  Image image;
  turn_upright(stored, orientation, image);
  return image;
}

}  // namespace paw
