#include "kernels/reduce/reduce_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void reduce_f32_avx512(const ReduceF32& params, const float* x, float* y, Range units) {
  reduce_detail::reduce<vec::Avx512>(params, x, y, units);
}

}  // namespace paw
