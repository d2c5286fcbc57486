#include "kernels/norm/norm_backward_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void bn_stats_f32_avx512(const BatchNormF32& p, const float* x, float* partials, Range units) {
  norm_detail::stats<vec::Avx512>(p, x, partials, units);
}

void bn_finish_f32_avx512(const BatchNormF32& p, const float* partials, const float* scale, float* mean,
                          float* variance, float* gain, Range units) {
  norm_detail::finish<vec::Avx512>(p, partials, scale, mean, variance, gain, units);
}

void bn_apply_f32_avx512(const BatchNormF32& p, const float* x, const float* mean, const float* gain,
                         const float* offset, float* y, Range units) {
  norm_detail::apply<vec::Avx512>(p, x, mean, gain, offset, y, units);
}

void bn_grad_stats_f32_avx512(const BatchNormF32& p, const BnGradOperands& in, float* partials, Range units) {
  norm_detail::grad_stats<vec::Avx512>(p, in, partials, units);
}

void bn_grad_finish_f32_avx512(const BatchNormF32& p, const float* partials, const float* scale, const float* variance,
                               float* dscale, float* doffset, float* factors, Range units) {
  norm_detail::grad_finish<vec::Avx512>(p, partials, scale, variance, dscale, doffset, factors, units);
}

void bn_grad_apply_f32_avx512(const BatchNormF32& p, const BnGradOperands& in, const float* factors, float* dx,
                              Range units) {
  norm_detail::grad_apply<vec::Avx512>(p, in, factors, dx, units);
}

}  // namespace paw
