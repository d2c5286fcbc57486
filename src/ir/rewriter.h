// Rewriter: the only way a pass edits a graph. Edits are collected and applied together by finish(), which sorts,
// drops what was erased, re-infers every type and verifies.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "ir/op_def.h"

namespace paw {

class Rewriter {
 public:
  explicit Rewriter(Graph& graph);

  // The graph as it was before this rewriter's edits, and its uses.
  const Graph& graph() const { return graph_; }
  const Uses& uses() const { return uses_; }

  // A new constant / the first output of a new node, usable as input of further edits at once. `source` is
  // usually that of the node being replaced. After an error: an invalid id, and finish() reports it. A new node stands
  // right before its first reader, or where the graph output stood that it replaces; one that nothing reads is left
  // out.
  ValueId constant(Tensor tensor, std::string name = {}, std::optional<Encoding> encoding = {});
  ValueId insert(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, std::string source,
                 std::shared_ptr<const QuantParams> quant = nullptr) {
    return insert_all(op, inputs, std::move(attrs), std::move(source), std::move(quant))[0];
  }
  ValueId insert(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs, std::string source,
                 std::shared_ptr<const QuantParams> quant = nullptr) {
    return insert(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), std::move(source), std::move(quant));
  }
  // All outputs. `quant` is declared on the first.
  std::vector<ValueId> insert_all(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, std::string source,
                                  std::shared_ptr<const QuantParams> quant = nullptr);
  // Every reader of `old`, new nodes and graph outputs included, reads `with` instead. Types must agree in dtype and
  // shape. A new unnamed value takes over the name of `old`; the name of a graph output moves even to a named one.
  void replace(ValueId old, ValueId with);
  // Only input slot `slot` of `node` reads `with` instead.
  void set_input(NodeId node, std::size_t slot, ValueId with);
  // Drops a node. What it output must have been replaced or be unread. Nodes that become unread by other edits go by
  // themselves.
  void erase(NodeId node);
  // Drops a constant that nothing reads.
  void erase_constant(ValueId constant);

  // True when `with` can stand for `old` everywhere: equal types, and no graph output loses its name because
  // `with` is a graph input or an output under another name.
  bool may_replace(ValueId old, ValueId with) const;
  // What readers of `value` will read after the edits so far.
  ValueId resolve(ValueId value) const;
  // Of old and new values.
  const TensorType& type(ValueId value) const { return value_of(value).type; }
  bool is_constant(ValueId value) const { return value.valid() && value_of(value).constant.has_value(); }
  Tensor tensor(ValueId value) const { return {value_of(value).type, *value_of(value).constant}; }

  bool changed() const { return changed_; }
  // Applies all edits, once. True when the graph changed. Nodes, values and constants that nothing reads any more go;
  // nodes that nothing read before stay. On failure (code kInternal for edits that contradict each other) the graph is
  // as it was.
  Result<bool> finish();

 private:
  class Assembly;  // builds the edited graph beside the old one

  const Value& value_of(ValueId value) const;
  bool known(ValueId value) const { return value.valid() && value.index < replacement_.size(); }
  ValueId add_value(Value value, NodeId producer);
  void fail(std::string_view message);

  Graph& graph_;
  Uses uses_;
  std::vector<Value> new_values_;  // ids continue after graph_.values
  std::vector<Node> new_nodes_;    // ids continue after graph_.nodes
  std::vector<NodeId> new_producer_;
  std::vector<ValueId> replacement_;  // per old or new value; invalid: itself
  std::vector<bool> interface_;       // per old or new value: a graph input, or carries the name of a graph output
  struct SlotEdit {
    NodeId node;
    std::size_t slot;
    ValueId with;
  };
  std::vector<SlotEdit> slots_;
  std::vector<bool> erased_;
  bool changed_ = false;
  bool spent_ = false;
  std::optional<Error> error_;
};

}  // namespace paw
