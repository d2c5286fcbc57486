#include "kernels/quant/conv_i8_body.h"
#include "kernels/vec/int_neon.h"

namespace paw {

void conv_i8_neon(const ConvI8& params, const std::uint8_t* x, const std::byte* packed, std::uint8_t* y,
                  std::int16_t* scratch, Range units) {
  conv_i8_detail::conv<vec::IntNeon>(params, x, packed, y, scratch, units);
}

}  // namespace paw
