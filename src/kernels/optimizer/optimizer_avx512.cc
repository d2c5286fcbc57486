#include "kernels/optimizer/optimizer_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

void sgd_f32_avx512(const SgdF32& params, const SgdOperands& operands, Range units) {
  optimizer_detail::sgd<vec::Avx512>(params, operands, units);
}

void adam_f32_avx512(const AdamF32& params, const AdamOperands& operands, Range units) {
  optimizer_detail::adam<vec::Avx512>(params, operands, units);
}

}  // namespace paw
