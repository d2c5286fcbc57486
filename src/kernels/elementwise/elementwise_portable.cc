#include "kernels/elementwise/binary_body.h"
#include "kernels/elementwise/unary_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void unary_f32_portable(const UnaryF32& params, const float* x, float* y, Range units) {
  unary_detail::unary<vec::Portable>(params, x, y, units);
}

void binary_f32_portable(const BinaryF32& params, const float* a, const float* b, float* y, Range units) {
  binary_detail::binary<vec::Portable>(params, a, b, y, units);
}

}  // namespace paw
