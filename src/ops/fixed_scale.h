// Ops whose quantised result has a scale set by definition (kFixedOutputScale): softmax, sigmoid, tanh, ...
#pragma once

#include "ir/op_def.h"

namespace paw {

// As infer_unary; a quantised x must have an element type that the op's fixed_quant defines.
Result<std::vector<TensorType>> infer_fixed_scale(const OpCall& call);

// [0, 1) in 256 or 32768 steps: i8 (1/256, -128), u8 (1/256, 0), i16 (1/32768, 0), as TFLite defines softmax and
// logistic. Null for other types.
std::shared_ptr<const QuantParams> unit_interval_scale(DType dtype);

}  // namespace paw
