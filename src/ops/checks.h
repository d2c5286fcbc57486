// Small rules that several ops share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>

#include "ir/op_def.h"

namespace paw {

// Product of counts >= 0; the largest int64 when it does not fit (absurd but legal shapes).
inline std::int64_t count_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::numeric_limits<std::int64_t>::max();
  }
  return product;
}

// Operands must hold real numbers, and those in float types must have the same one; quantised operands may join them
// (weights of 8 bits beside f32 activations).
inline Status check_real_operands(const OpCall& call) {
  const TensorType* first = nullptr;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.has(i)) continue;
    const TensorType& type = call.in(i);
    if (!type.is_real()) {
      return call.error("expected " + std::string(call.op.inputs[i].name) + " of real numbers, got " + type.text());
    }
    if (!is_float(type.dtype)) continue;
    if (first != nullptr && first->dtype != type.dtype) {
      return call.error("operands differ in float type: " + first->text() + " and " + type.text());
    }
    first = &type;
  }
  return {};
}

}  // namespace paw
