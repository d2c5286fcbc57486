// Turning and mirroring pictures.
#pragma once

#include "vision/image.h"

namespace paw {

// The picture as it is to be looked at. `orientation`: EXIF 1 to 8 (where the stored first row and first column
// belong); 5 to 8 exchange width and height. Any other value counts as 1. Exact: pixels only move.
Image upright(Image stored, int orientation);

// The same into `image`, whose memory is used again.
void turn_upright(const Image& stored, int orientation, Image& image);

}  // namespace paw
