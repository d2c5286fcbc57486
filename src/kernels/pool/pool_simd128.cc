#include "kernels/pool/pool_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void max_pool_f32_simd128(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Simd128, pool_detail::Max<vec::Simd128>>(params, x, y, units);
}

void avg_pool_f32_simd128(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Simd128, pool_detail::Average<vec::Simd128>>(params, x, y, units);
}

}  // namespace paw
