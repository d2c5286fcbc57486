// Pixels to a JPEG file in memory.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "vision/image.h"

namespace paw {

// Baseline, 4:2:0, accurate integer DCT, libjpeg's scale of quality, 1 to 100: the same pixels give the same bytes on
// every machine with one version of libjpeg-turbo. kInternal: an image without pixels, one side above 65,500, or pixels
// that do not match its size.
Result<Bytes> write_jpeg(const Image& image, int quality);

}  // namespace paw
