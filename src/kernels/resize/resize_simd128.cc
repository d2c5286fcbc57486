#include "kernels/resize/resize_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void resize_nearest_f32_simd128(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::nearest<vec::Simd128>(params, x, y, scratch, units);
}

void resize_bilinear_f32_simd128(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::bilinear<vec::Simd128>(params, x, y, scratch, units);
}

}  // namespace paw
