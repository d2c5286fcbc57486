#include "kernels/resize/resize_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void resize_nearest_f32_avx2(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::nearest<vec::Avx2>(params, x, y, scratch, units);
}

void resize_bilinear_f32_avx2(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::bilinear<vec::Avx2>(params, x, y, scratch, units);
}

}  // namespace paw
