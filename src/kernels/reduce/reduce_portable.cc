#include "kernels/reduce/reduce_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void reduce_f32_portable(const ReduceF32& params, const float* x, float* y, Range units) {
  reduce_detail::reduce<vec::Portable>(params, x, y, units);
}

}  // namespace paw
