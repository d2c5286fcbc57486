#include "kernels/move/move_body.h"
#include "kernels/vec/neon.h"

namespace paw {

void move_neon(const Move& params, const void* x, void* y, Range units) {
  move_detail::move<vec::Neon>(params, x, y, units);
}

}  // namespace paw
