#include "kernels/dwconv/dwconv_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void dwconv_f32_simd128(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  dwconv_detail::dwconv<vec::Simd128>(params, x, packed, y, units);
}

}  // namespace paw
