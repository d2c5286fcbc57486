#include "ops/fixed_scale.h"

#include "ops/elementwise.h"

namespace paw {

Result<std::vector<TensorType>> infer_fixed_scale(const OpCall& call) {
  const TensorType& x = call.in(0);
  if (x.quant && call.op.fixed_quant(x.dtype) == nullptr) {
    return call.error("the quantised form is not defined for " + std::string(name(x.dtype)) + ", got " + x.text(),
                      "dequantize the input or use i8");
  }
  return infer_unary(call);
}

std::shared_ptr<const QuantParams> unit_interval_scale(DType dtype) {
  switch (dtype) {
    case DType::kI8: return per_tensor(1.0F / 256, -128);
    case DType::kU8: return per_tensor(1.0F / 256, 0);
    case DType::kI16: return per_tensor(1.0F / 32768, 0);
    default: return nullptr;
  }
}

}  // namespace paw
