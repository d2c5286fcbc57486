#include "kernels/quant/dwconv_i8_body.h"
#include "kernels/vec/int_simd128.h"

namespace paw {

void dwconv_i8_simd128(const DwconvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                       std::int16_t* scratch, Range units) {
  dwconv_i8_detail::dwconv<vec::IntSimd128>(params, x, packed, y, scratch, units);
}

}  // namespace paw
