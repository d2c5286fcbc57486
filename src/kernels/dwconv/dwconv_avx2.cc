#include "kernels/dwconv/dwconv_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void dwconv_f32_avx2(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  dwconv_detail::dwconv<vec::Avx2>(params, x, packed, y, units);
}

}  // namespace paw
