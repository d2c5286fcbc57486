#include "kernels/softmax/softmax_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void softmax_f32_portable(const SoftmaxF32& params, const float* x, float* y, Range units) {
  softmax_detail::softmax<vec::Portable>(params, x, y, units);
}

}  // namespace paw
