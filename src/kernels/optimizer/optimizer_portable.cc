#include "kernels/optimizer/optimizer_body.h"
#include "kernels/vec/portable.h"

namespace paw {

void sgd_f32_portable(const SgdF32& params, const SgdOperands& operands, Range units) {
  optimizer_detail::sgd<vec::Portable>(params, operands, units);
}

void adam_f32_portable(const AdamF32& params, const AdamOperands& operands, Range units) {
  optimizer_detail::adam<vec::Portable>(params, operands, units);
}

}  // namespace paw
