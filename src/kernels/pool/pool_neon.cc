#include "kernels/pool/pool_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void max_pool_f32_neon(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Neon, pool_detail::Max<vec::Neon>>(params, x, y, units);
}

void avg_pool_f32_neon(const PoolF32& params, const float* x, float* y, Range units) {
  pool_detail::pool<vec::Neon, pool_detail::Average<vec::Neon>>(params, x, y, units);
}

}  // namespace paw
