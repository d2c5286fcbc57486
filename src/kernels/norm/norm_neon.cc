#include "kernels/norm/norm_forward_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void bn_apply_f32_neon(const BatchNormF32& p, const float* x, const float* mean, const float* gain, const float* offset,
                       float* y, Range units) {
  norm_detail::apply<vec::Neon>(p, x, mean, gain, offset, y, units);
}

}  // namespace paw
