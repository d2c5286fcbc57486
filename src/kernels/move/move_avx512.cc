#include "kernels/move/move_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void move_avx512(const Move& params, const void* x, void* y, Range units) {
  move_detail::move<vec::Avx512>(params, x, y, units);
}

}  // namespace paw
