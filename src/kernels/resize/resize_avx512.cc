#include "kernels/resize/resize_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void resize_nearest_f32_avx512(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::nearest<vec::Avx512>(params, x, y, scratch, units);
}

void resize_bilinear_f32_avx512(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::bilinear<vec::Avx512>(params, x, y, scratch, units);
}

}  // namespace paw
