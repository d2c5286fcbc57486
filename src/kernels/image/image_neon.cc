#include "kernels/image/image_body.h"

namespace paw {

void image_rows_u8_neon(const ImageTaps& taps, Range columns, const std::uint8_t* from, std::int64_t from_stride,
                        std::uint8_t* to, std::int64_t to_stride, std::int64_t count) {
  image_detail::rows<image_detail::Portable>(taps, columns, from, from_stride, to, to_stride, count);
}

void image_columns_u8_neon(const std::uint8_t* rows, std::int64_t stride, const std::int32_t* weights,
                           std::int64_t count, const std::int32_t* before, std::int32_t* after, std::uint8_t* to,
                           std::int64_t bytes) {
  image_detail::columns<image_detail::Portable>(rows, stride, weights, count, before, after, to, bytes);
}

}  // namespace paw
