#include "kernels/pool/pool_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void max_pool_f32_portable(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Portable, pool_detail::Max<vec::Portable>>(params, x, y, units);
}

void avg_pool_f32_portable(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Portable, pool_detail::Average<vec::Portable>>(params, x, y, units);
}

}  // namespace paw
