// How the scratch of resizing is cut, for its body and for who sizes it.
#pragma once

#include "kernels/image/image.h"

namespace paw {

// Columns are resized in strips of so many: the rows that a column sum needs stay in the cache, and the scratch of the
// flattest picture of the tallest photo stays within 53 MB.
inline constexpr std::int64_t kImageStrip = 256;
// So many bytes may be read behind a row of the photo and written behind a row of a strip.
inline constexpr std::int64_t kImageSlack = 32;
inline constexpr std::int64_t kImageSlot = 3 * kImageStrip + kImageSlack;

// Rows that may be resized before a column sum needs them, so that several go together.
inline constexpr std::int64_t kImageAhead = 3;

// The most weights that an output pixel of the axis has, as a multiple of 8.
std::int64_t image_taps_stride(const ImageAxis& axis, ImageFilter filter);

// Rows of the ring in which resized rows wait for their column sums.
constexpr std::int64_t image_ring_slots(std::int64_t stride_y) { return stride_y + kImageAhead; }

}  // namespace paw
