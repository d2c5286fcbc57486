#include "kernels/softmax/softmax_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void softmax_f32_avx2(const SoftmaxF32& params, const float* x, float* y, Range units) {
  softmax_detail::softmax<vec::Avx2>(params, x, y, units);
}

}  // namespace paw
