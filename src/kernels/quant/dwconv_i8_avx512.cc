#include "kernels/quant/dwconv_i8_body.h"
#include "kernels/vec/int_avx512.h"

namespace paw {

void dwconv_i8_avx512(const DwconvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                      std::int16_t* scratch, Range units) {
  dwconv_i8_detail::dwconv<vec::IntAvx512>(params, x, packed, y, scratch, units);
}

}  // namespace paw
