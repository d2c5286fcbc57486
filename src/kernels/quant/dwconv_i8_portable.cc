#include "kernels/quant/dwconv_i8_body.h"
#include "kernels/vec/int_portable.h"

namespace paw {

void dwconv_i8_portable(const DwconvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                        std::int16_t* scratch, Range units) {
  dwconv_i8_detail::dwconv<vec::IntPortable>(params, x, packed, y, scratch, units);
}

}  // namespace paw
