#include "kernels/dwconv/dwconv_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void dwconv_f32_neon(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  dwconv_detail::dwconv<vec::Neon>(params, x, packed, y, units);
}

}  // namespace paw
