// The one thing read from EXIF: how a picture must be turned. Knows no image format and no other tag.
#pragma once

#include <cstddef>
#include <span>

namespace paw {

// Orientation (TIFF tag 274) of the first directory of an EXIF block, with or without "Exif\0\0" in front: 1 to 8. 1
// also when there is no such tag, its value is none of these, or the block is broken: as every viewer takes it. Source:
// Exif 2.32, sections 4.5.2 and 4.6.4.
int exif_orientation(std::span<const std::byte> exif);

}  // namespace paw
