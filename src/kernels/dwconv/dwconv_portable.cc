#include "kernels/dwconv/dwconv_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void dwconv_f32_portable(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  dwconv_detail::dwconv<vec::Portable>(params, x, packed, y, units);
}

}  // namespace paw
