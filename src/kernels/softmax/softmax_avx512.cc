#include "kernels/softmax/softmax_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void softmax_f32_avx512(const SoftmaxF32& params, const float* x, float* y, Range units) {
  softmax_detail::softmax<vec::Avx512>(params, x, y, units);
}

}  // namespace paw
