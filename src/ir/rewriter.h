// Rewriter: the only way a pass edits a graph. Edits are collected and applied together by finish(), which sorts,
// drops what was erased, re-infers every type and verifies.
#pragma once

#include <initializer_list>
#include <span>
#include <string>

#include "ir/op_def.h"

namespace paw {

class Rewriter {
 public:
  explicit Rewriter(Graph& graph);

  // The graph as it was before this rewriter's edits, and its uses.
  const Graph& graph() const { return graph_; }
  const Uses& uses() const { return uses_; }

  // A new constant / the first output of a new node, usable as input of further edits at once. `source` is
  // usually that of the node being replaced. After an error: an invalid id, and finish() reports it.
  ValueId constant(Tensor tensor, std::string name = {}, std::optional<Encoding> encoding = {});
  ValueId insert(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, std::string source,
                 std::shared_ptr<const QuantParams> quant = nullptr);
  ValueId insert(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs, std::string source,
                 std::shared_ptr<const QuantParams> quant = nullptr) {
    return insert(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), std::move(source), std::move(quant));
  }
  std::vector<ValueId> insert_all(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, std::string source);
  // Every reader of `old`, graph outputs included, reads `with` instead. Types must agree in dtype and shape. A new
  // unnamed value takes over the name of `old`.
  void replace(ValueId old, ValueId with);
  // Only input slot `slot` of `node` reads `with` instead.
  void set_input(NodeId node, std::size_t slot, ValueId with);
  // Drops a node. What it output must have been replaced or be unread.
  void erase(NodeId node);

  const TensorType& type(ValueId value) const;  // of old and new values
  bool changed() const;
  // Applies all edits. True when the graph changed. Values and constants that nothing reads any more go.
  Result<bool> finish();

 private:
  Graph& graph_;
  Uses uses_;
  std::vector<Value> new_values_;  // ids continue after graph_.values
  std::vector<Node> new_nodes_;
  std::vector<ValueId> replacement_;  // per old or new value; invalid: itself
  struct SlotEdit {
    NodeId node;
    std::size_t slot;
    ValueId with;
  };
  std::vector<SlotEdit> slots_;
  std::vector<bool> erased_;
  std::optional<Error> error_;
};

}  // namespace paw
