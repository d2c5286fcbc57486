#include "kernels/resize/resize_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void resize_nearest_f32_portable(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch, Range units) {
  resize_detail::nearest<vec::Portable>(params, x, y, scratch, units);
}

void resize_bilinear_f32_portable(const ResizeF32& params, const float* x, float* y, ResizePoint* scratch,
                                  Range units) {
  resize_detail::bilinear<vec::Portable>(params, x, y, scratch, units);
}

}  // namespace paw
