// Pixels to a PNG file in memory.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "vision/image.h"

namespace paw {

// 8-bit RGB, not interlaced, no chunk but IHDR, IDAT and IEND: no date, no program's name. The same pixels give the
// same bytes wherever zlib compresses alike; pixels are the promise, bytes follow with one version of zlib. kInternal:
// an image without pixels, or whose pixels do not match its size.
Result<Bytes> write_png(const Image& image);

}  // namespace paw
