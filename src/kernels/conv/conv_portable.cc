#include "kernels/conv/conv_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void conv_f32_portable(const ConvF32& params, const float* x, const float* packed, float* y, float* scratch,
                       Range units) {
  conv_detail::conv<vec::Portable>(params, x, packed, y, scratch, units);
}

}  // namespace paw
