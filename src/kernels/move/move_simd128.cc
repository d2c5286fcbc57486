#include "kernels/move/move_body.h"
#include "kernels/vec/simd128.h"

namespace paw {

void move_simd128(const Move& params, const void* x, void* y, Range units) {
  move_detail::move<vec::Simd128>(params, x, y, units);
}

}  // namespace paw
