#include "kernels/softmax/softmax_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void softmax_f32_simd128(const SoftmaxF32& params, const float* x, float* y, Range units) {
  softmax_detail::softmax<vec::Simd128>(params, x, y, units);
}

}  // namespace paw
