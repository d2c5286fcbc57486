#include "kernels/quant/dwconv_i8_body.h"
#include "kernels/vec/int_neon.h"

namespace paw {

void dwconv_i8_neon(const DwconvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                    std::int16_t* scratch, Range units) {
  dwconv_i8_detail::dwconv<vec::IntNeon>(params, x, packed, y, scratch, units);
}

}  // namespace paw
