#include "kernels/resize/resize_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void resize_nearest_f32_neon(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::nearest<vec::Neon>(params, x, y, scratch, units);
}

void resize_bilinear_f32_neon(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::bilinear<vec::Neon>(params, x, y, scratch, units);
}

}  // namespace paw
