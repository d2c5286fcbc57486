#include "kernels/quant/binary_i8_body.h"
#include "kernels/vec/int_neon.h"

namespace paw {

void binary_i8_neon(const BinaryI8& params, const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* y,
                    Range units) {
  binary_i8_detail::binary<vec::IntNeon>(params, a, b, y, units);
}

void lookup_i8_neon(const LookupI8& params, const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y,
                    Range units) {
  binary_i8_detail::lookup<vec::IntNeon>(params, table, x, y, units);
}

}  // namespace paw
