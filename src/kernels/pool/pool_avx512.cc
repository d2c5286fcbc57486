#include "kernels/pool/pool_body.h"
#include "kernels/pool/pool_grad_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void max_pool_f32_avx512(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Avx512, pool_detail::Max<vec::Avx512>>(params, x, y, units);
}

void avg_pool_f32_avx512(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Avx512, pool_detail::Average<vec::Avx512>>(params, x, y, units);
}

void max_pool_grad_f32_avx512(const PoolF32& params, const float* dy, const float* x, float* dx, Range units) {
  pool_detail::pool_grad<vec::Avx512, true>(params, dy, x, dx, units);
}

void avg_pool_grad_f32_avx512(const PoolF32& params, const float* dy, const float* x, float* dx, Range units) {
  pool_detail::pool_grad<vec::Avx512, false>(params, dy, x, dx, units);
}

}  // namespace paw
