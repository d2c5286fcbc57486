// The naive interpreter: the oracle of every kernel, and what constant folding computes with. Double arithmetic.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "ir/op_def.h"

namespace paw {

struct InterpretOptions {
  // True: every value is rounded to its type after each op, as stored. False: floats stay doubles (for gradient
  // checks); quantised and integer values are rounded all the same.
  bool round_to_type = true;
  // Called after each node with its outputs, for traces.
  std::function<void(NodeId, std::span<const RefTensor>)> observe;
};

// Evaluates one node's op. Inputs: null = absent. Types of the outputs must be known.
Result<std::vector<RefTensor>> evaluate_node(const OpCall& call, std::span<const RefTensor* const> inputs,
                                             std::span<const TensorType> output_types,
                                             const InterpretOptions& options = {});

// Runs a verified graph on `inputs` (one per graph input: real values, shapes as declared). Values are freed after
// their last use. Error: wrong number or shape of inputs.
Result<std::vector<RefTensor>> interpret(const Graph& graph, std::span<const RefTensor> inputs,
                                         const InterpretOptions& options = {});

// Real values of a tensor, as the interpreter takes them, and back.
RefTensor to_ref(const Tensor& tensor);
Tensor from_ref(const TensorType& type, const RefTensor& tensor);

}  // namespace paw
