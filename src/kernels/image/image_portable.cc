#include "kernels/image/image_body.h"

namespace paw {

void resize_image_u8_portable(const ImageResize& params, const ImageTables& tables, const std::uint8_t* photo,
                              std::uint8_t* picture, std::byte* scratch, Range units) {
  image_detail::resize<image_detail::Portable>(params, tables, photo, picture, scratch, units);
}

}  // namespace paw
