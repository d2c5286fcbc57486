#include "kernels/move/move_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void move_portable(const Move& params, const void* x, void* y, Range units) {
  move_detail::move<vec::Portable>(params, x, y, units);
}

}  // namespace paw
