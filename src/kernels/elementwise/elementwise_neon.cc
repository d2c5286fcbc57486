#include "kernels/elementwise/binary_body.h"
#include "kernels/elementwise/unary_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void unary_f32_neon(const UnaryF32& params, const float* x, float* y, Range units) {
  unary_detail::unary<vec::Neon>(params, x, y, units);
}

void binary_f32_neon(const BinaryF32& params, const float* a, const float* b, float* y, Range units) {
  binary_detail::binary<vec::Neon>(params, a, b, y, units);
}

}  // namespace paw
