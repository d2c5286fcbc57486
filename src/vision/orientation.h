// Turning and mirroring pictures. `orientation` is EXIF's, 1 to 8: where the stored first row and first column belong.
// Any other value counts as 1. Exact: pixels only move.
#pragma once

#include "vision/image.h"

namespace paw {

// Whether the upright picture is as wide as the stored one is high.
bool swaps_sides(int orientation);

// Rows [first, first + count) of a picture that is stored in width x height to their place in `image`, which has the
// upright picture's size.
void turn_rows(const std::uint8_t* rows, std::int64_t first, std::int64_t count, std::int64_t width,
               std::int64_t height, int orientation, Image& image);

// A whole picture into `image`, whose memory is used again.
void turn_upright(const Image& stored, int orientation, Image& image);

}  // namespace paw
