#include "kernels/reduce/reduce_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void reduce_f32_simd128(const ReduceF32& params, const float* x, float* y, Range units) {
  reduce_detail::reduce<vec::Simd128>(params, x, y, units);
}

}  // namespace paw
