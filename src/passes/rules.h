// What the passes share: reading constants, and replacing nodes one by one. Knows no pass.
#pragma once

#include <optional>
#include <span>

#include "ir/pass.h"
#include "ir/rewriter.h"

namespace paw {

// The real number that every element of a constant equals; none for other values, or when it is NaN.
std::optional<double> splat_value(const Rewriter& edits, ValueId value);

// A constant of element type `dtype`, each number rounded once; none when one is not finite in that type.
std::optional<Tensor> finite_constant(DType dtype, const Shape& shape, std::span<const double> values);

// Some node or graph output reads a result of `node`. Passes leave other nodes to eliminate_dead_code: rewriting what
// nothing reads gains nothing.
bool is_read(const Rewriter& edits, const Node& node);

// One node as a rule sees it: inputs as they are after the edits so far.
struct Candidate {
  Rewriter& edits;
  NodeId id;
  const Node& node;

  bool has(std::size_t i) const { return i < node.inputs.size() && node.inputs[i].valid(); }
  ValueId in(std::size_t i) const { return has(i) ? edits.resolve(node.inputs[i]) : ValueId{}; }
  ValueId out() const { return node.outputs[0]; }
  const TensorType& type() const { return edits.type(out()); }
  const TensorType& type(std::size_t i) const { return edits.type(in(i)); }
  // The old node that makes input `i` of the graph as it was; null for inputs and constants.
  const Node* producer(std::size_t i) const;
  // The same, when no edit has touched the input, it is of that op and the input has no other reader.
  const Node* single_use_input(std::size_t i, const OpDef& op) const;
};

// What may stand for the node's only output, or an invalid id: the rule does not apply.
using Rewrite = ValueId (*)(const Candidate&);
struct Rule {
  const OpDef* op;
  Rewrite rewrite;
};
// Tries every rule of its op on each node that is read, in order, and applies the first that yields a value that may
// replace the node's output (Rewriter::may_replace).
Result<bool> apply_rules(Graph& graph, std::span<const Rule> rules);

// The rule for reshape(reshape(x)), whoever else reads the inner one.
ValueId merge_reshapes(const Candidate& reshape);

// Runs `once` until it changes nothing. Error kInternal when it does not settle: two rules undo each other.
Result<bool> until_settled(Graph& graph, Result<bool> (*once)(Graph&));

}  // namespace paw
