#include "kernels/dwconv/dwconv_body.h"
#include "kernels/dwconv/dwconv_grad_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void dwconv_f32_avx512(const DwconvF32& params, const float* x, const float* packed, float* y, Range units) {
  dwconv_detail::dwconv<vec::Avx512>(params, x, packed, y, units);
}

void dwconv_grad_input_f32_avx512(const ConvShape& shape, const float* dy, const float* packed, float* dx,
                                  Range units) {
  dwconv_detail::grad_input<vec::Avx512>(shape, dy, packed, dx, units);
}

void dwconv_grad_weights_f32_avx512(const DwconvGradWeightsF32& params, const float* x, const float* dy,
                                    float* partials, Range units) {
  dwconv_detail::grad_weights<vec::Avx512>(params, x, dy, partials, units);
}

}  // namespace paw
