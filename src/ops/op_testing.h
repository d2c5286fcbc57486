// For tests of ops: one node evaluated without a graph or interpreter, or the reason why it is refused.
#pragma once

#include <stdexcept>

#include "ir/verify.h"
#include "ops/ops.h"

namespace paw {

inline Attrs or_default(const OpDef& op, Attrs attrs) {
  return attrs.empty() && op.default_attrs != nullptr ? op.default_attrs() : attrs;
}

// The first output of a node with these input types; its elements as the reference computes them, not rounded.
// Throws when the op refuses the inputs.
inline RefTensor evaluate(const OpDef& op, const std::vector<RefTensor>& inputs, const Attrs& given = {},
                          DType dtype = DType::kF64) {
  const Attrs attrs = or_default(op, given);
  std::vector<TensorType> types;
  std::vector<const TensorType*> pointers;
  std::vector<const RefTensor*> values;
  types.reserve(inputs.size());
  for (const RefTensor& input : inputs) {
    types.emplace_back(dtype, input.shape);
    pointers.push_back(&types.back());
    values.push_back(&input);
  }
  const auto inferred = infer_types(op, attrs, pointers, "test");
  if (!inferred) throw std::runtime_error(inferred.error().text());
  std::vector<RefTensor> outputs;
  for (const TensorType& type : *inferred) {
    outputs.push_back({type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))});
  }
  op.reference({{op, attrs, pointers, "test"}, values, outputs});
  return outputs[0];
}

// The same for vectors.
inline std::vector<double> evaluate_vectors(const OpDef& op, const std::vector<std::vector<double>>& inputs,
                                            const Attrs& attrs = {}, DType dtype = DType::kF64) {
  std::vector<RefTensor> tensors;
  for (const auto& input : inputs) tensors.push_back({Shape{static_cast<std::int64_t>(input.size())}, input});
  return evaluate(op, tensors, attrs, dtype).data;
}

// "= f32[2,3]", the type of the first output, or the text of the error.
inline std::string inferred_text(const OpDef& op, const std::vector<TensorType>& inputs, const Attrs& given = {}) {
  const Attrs attrs = or_default(op, given);
  std::vector<const TensorType*> pointers;
  for (const TensorType& type : inputs) pointers.push_back(&type);
  const auto inferred = infer_types(op, attrs, pointers, "");
  return inferred ? "= " + (*inferred)[0].text() : inferred.error().text();
}

// One call and what inferred_text must contain.
struct TypeRule {
  const OpDef& op;
  std::vector<TensorType> inputs;
  Attrs attrs;
  const char* expected;
};

}  // namespace paw
