#include "kernels/conv/conv_grad_input_body.h"
#include "kernels/conv/conv_grad_weights_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void conv_grad_input_f32_avx512(const ConvGradInputF32& params, const float* dy, const float* packed, float* dx,
                                float* scratch, Range units) {
  conv_detail::grad_input<vec::Avx512>(params, dy, packed, dx, scratch, units);
}

void conv_grad_weights_f32_avx512(const ConvGradWeightsF32& params, const float* x, const float* dy, float* partials,
                                  float* scratch, Range units) {
  conv_detail::grad_weights<vec::Avx512>(params, x, dy, partials, scratch, units);
}

}  // namespace paw
