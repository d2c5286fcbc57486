#include "kernels/reduce/reduce_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void reduce_f32_avx2(const ReduceF32& params, const float* x, float* y, Range units) {
  reduce_detail::reduce<vec::Avx2>(params, x, y, units);
}

}  // namespace paw
