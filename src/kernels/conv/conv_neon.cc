#include "kernels/conv/conv_body.h"
#include "kernels/conv/conv_pack_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void conv_f32_neon(const ConvF32& params, const float* x, const float* packed, float* y, float* scratch, Range units) {
  conv_detail::conv<vec::Neon>(params, x, packed, y, scratch, units);
}

void conv_pack_f32_neon(const ConvPackF32& params, const float* weights, const float* bias, float* packed,
                        Range units) {
  conv_detail::pack<vec::Neon>(params, weights, bias, packed, units);
}

}  // namespace paw
