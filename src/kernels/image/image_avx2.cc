#include "kernels/image/image_avx2.h"

namespace paw {

void resize_image_u8_avx2(const ImageResize& params, const ImageTables& tables, const std::uint8_t* photo,
                          std::uint8_t* picture, std::byte* scratch, Range units) {
  image_detail::resize<image_detail::Avx2>(params, tables, photo, picture, scratch, units);
}

}  // namespace paw
