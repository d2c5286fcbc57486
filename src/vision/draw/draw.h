// Pictures of cats and dogs drawn by code: the data set that the program carries with it. A picture is a function of
// (seed, index, size) alone, to the last bit, on every machine: docs/decisions/0014-drawn-photos.md.
#pragma once

#include <cstdint>

#include "vision/draw/animal.h"
#include "vision/image.h"

namespace paw::draw {

struct Limits {
  static constexpr std::int64_t kMinSize = 32, kMaxSize = 1024;
};

// Square, `size` pixels, 8-bit RGB. Requires size within Limits.
Image draw_picture(Species species, std::int64_t size, std::uint64_t seed, std::uint64_t index);

}  // namespace paw::draw
