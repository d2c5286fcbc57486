// How the scratch of resizing is cut, for its body and for who sizes it.
#pragma once

#include "kernels/image/image.h"

namespace paw {

// Columns are resized in strips of so many: the rows that a column sum needs stay in the cache, and the scratch of the
// flattest picture of the tallest photo stays within 52 MB.
inline constexpr std::int64_t kImageStrip = 256;
// So many bytes may be read behind a row of the photo and written behind a row of a strip.
inline constexpr std::int64_t kImageSlack = 16;
inline constexpr std::int64_t kImageSlot = 3 * kImageStrip + kImageSlack;

// The most weights that an output pixel of the axis has, as a multiple of 4.
std::int64_t image_taps_stride(const ImageAxis& axis, ImageFilter filter);

}  // namespace paw
