#include "kernels/softmax/softmax_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void softmax_f32_neon(const SoftmaxF32& params, const float* x, float* y, Range units) {
  softmax_detail::softmax<vec::Neon>(params, x, y, units);
}

}  // namespace paw
