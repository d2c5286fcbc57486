#include "kernels/move/move_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

void move_avx2(const Move& params, const void* x, void* y, Range units) {
  move_detail::move<vec::Avx2>(params, x, y, units);
}

}  // namespace paw
