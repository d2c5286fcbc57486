#include "kernels/pool/pool_body.h"
#include "kernels/pool/pool_grad_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void max_pool_f32_portable(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Portable, pool_detail::Max<vec::Portable>>(params, x, y, units);
}

void avg_pool_f32_portable(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Portable, pool_detail::Average<vec::Portable>>(params, x, y, units);
}

void max_pool_grad_f32_portable(const PoolF32& params, const float* dy, const float* x, float* dx, Range units) {
  pool_detail::pool_grad<vec::Portable, true>(params, dy, x, dx, units);
}

void avg_pool_grad_f32_portable(const PoolF32& params, const float* dy, const float* x, float* dx, Range units) {
  pool_detail::pool_grad<vec::Portable, false>(params, dy, x, dx, units);
}

}  // namespace paw
