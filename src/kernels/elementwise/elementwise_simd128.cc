#include "kernels/elementwise/binary_body.h"
#include "kernels/elementwise/unary_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void unary_f32_simd128(const UnaryF32& params, const float* x, float* y, Range units) {
  unary_detail::unary<vec::Simd128>(params, x, y, units);
}

void binary_f32_simd128(const BinaryF32& params, const float* a, const float* b, float* y, Range units) {
  binary_detail::binary<vec::Simd128>(params, a, b, y, units);
}

}  // namespace paw
