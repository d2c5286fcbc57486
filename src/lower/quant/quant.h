// What the lowerings of quantised nodes share: the parameters of 8-bit tensors, and scales in the forms kernels take.
#pragma once

#include "kernels/quant/requantise.h"
#include "lower/lowering.h"

namespace paw {

// An i8 or u8 tensor with one scale.
struct ByteTensor {
  bool is_signed = true;
  float scale = 1;
  std::int32_t zero = 0;

  std::int32_t lowest() const { return is_signed ? -128 : 0; }
  std::int32_t highest() const { return lowest() + 255; }
  Quantised all() const { return {zero, lowest(), highest()}; }
  bool operator==(const ByteTensor&) const = default;
};

bool is_byte_tensor(const TensorType& type);
// Error unless the operand is one.
Result<ByteTensor> byte_tensor(const Lowering& lowering, const Node& node, ValueId operand);
// Error unless input 0 and output 0 are byte tensors with the same parameters.
Result<ByteTensor> same_byte_tensor(const Lowering& lowering, const Node& node);

// Is this a node for the integer lowerings?
bool is_quantised(const Graph& graph, const Node& node);

// The bounds of a result with the relu, relu6 or clamp behind it, and the value that is then written. Only a clamp of
// the same parameters joins: between different ones lies a rounding.
struct ByteResult {
  Quantised q;
  ValueId value;
};
ByteResult take_byte_clamp(Lowering& lowering, const Node& node, const ByteTensor& y);
// The range of stored numbers that real bounds leave.
Quantised clamped_range(const ByteTensor& y, Bounds bounds, Rounding rounding);

// A factor as its step stores it: bits of a float, multiplier and shift, or bits of a double.
struct StoredScale {
  std::int32_t scale = 0, shift = 0;
};
StoredScale stored_float(float factor);
StoredScale stored_fixed(double factor);
StoredScale stored_real(double factor);

}  // namespace paw
