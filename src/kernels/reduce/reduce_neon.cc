#include "kernels/reduce/reduce_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void reduce_f32_neon(const ReduceF32& params, const float* x, float* y, Range units) {
  reduce_detail::reduce<vec::Neon>(params, x, y, units);
}

}  // namespace paw
