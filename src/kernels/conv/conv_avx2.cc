#include "kernels/conv/conv_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void conv_f32_avx2(const ConvF32& params, const float* x, const float* packed, float* y, float* scratch, Range units) {
  conv_detail::conv<vec::Avx2>(params, x, packed, y, scratch, units);
}

}  // namespace paw
