#include "ir/rewriter.h"

#include <algorithm>

#include "ir/verify.h"

namespace paw {

Rewriter::Rewriter(Graph& graph)
    : graph_(graph),
      uses_(graph),
      replacement_(graph.values.size()),
      interface_(graph.values.size()),
      erased_(graph.nodes.size()) {
  for (const ValueId input : graph.inputs) interface_[input.index] = true;
  for (const ValueId output : graph.outputs) {
    if (!graph[output].name.empty()) interface_[output.index] = true;
  }
}

const Value& Rewriter::value_of(ValueId value) const {
  static const Value kNone;
  if (!known(value)) return kNone;
  const std::size_t old = graph_.values.size();
  return value.index < old ? graph_[value] : new_values_[value.index - old];
}

void Rewriter::fail(std::string_view message) {
  if (!error_) error_ = Error{ErrorCode::kInternal, "rewriter", message, {}};
}

ValueId Rewriter::add_value(Value value, NodeId producer) {
  const ValueId id(replacement_.size());
  new_values_.push_back(std::move(value));
  new_producer_.push_back(producer);
  replacement_.emplace_back();
  interface_.push_back(false);
  return id;
}

ValueId Rewriter::constant(Tensor tensor, std::string name, std::optional<Encoding> encoding) {
  if (error_) return {};
  return add_value({.name = std::move(name),
                    .type = std::move(tensor.type),
                    .constant = std::move(tensor.data),
                    .encoding = encoding},
                   {});
}

std::vector<ValueId> Rewriter::insert_all(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs,
                                          std::string source, std::shared_ptr<const QuantParams> quant) {
  std::vector<ValueId> outputs(op.outputs.size());
  if (error_) return outputs;
  if (attrs.empty() && op.default_attrs != nullptr) attrs = op.default_attrs();
  std::vector<const TensorType*> types;
  for (const ValueId input : inputs) types.push_back(input.valid() ? &type(input) : nullptr);
  auto inferred = infer_types(op, attrs, types, source);
  if (!inferred) {
    error_ = inferred.error();
    return outputs;
  }
  std::vector<TensorType> resolved;
  for (std::size_t i = 0; i < inferred->size(); ++i) {
    auto type = resolve_output_type(op, types, (*inferred)[i], i == 0 ? quant : nullptr, source);
    if (!type) {
      error_ = type.error();
      return outputs;
    }
    resolved.push_back(std::move(*type));
  }
  const NodeId node(graph_.nodes.size() + new_nodes_.size());
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    outputs[i] = add_value({.name = {}, .type = std::move(resolved[i]), .constant = {}, .encoding = {}}, node);
  }
  new_nodes_.push_back({.op = &op,
                        .attrs = std::move(attrs),
                        .inputs = {inputs.begin(), inputs.end()},
                        .outputs = outputs,
                        .source = std::move(source)});
  return outputs;
}

ValueId Rewriter::resolve(ValueId value) const {
  while (known(value) && replacement_[value.index].valid()) value = replacement_[value.index];
  return value;
}

void Rewriter::replace(ValueId old, ValueId with) {
  if (error_) return;
  if (!known(old) || !known(with)) return fail("replaces or reads a value that does not exist");
  if (replacement_[old.index].valid()) return fail(graph_.label(old) + " is replaced twice");
  if (resolve(with) == old) return fail(graph_.label(old) + " would replace itself");
  const TensorType& a = type(old);
  const TensorType& b = type(with);
  if (a.dtype != b.dtype || !(a.shape == b.shape)) {
    return fail(graph_.label(old) + " of type " + a.text() + " cannot be replaced by a " + b.text());
  }
  replacement_[old.index] = resolve(with);
  if (interface_[old.index]) interface_[resolve(with).index] = true;
  changed_ = true;
}

void Rewriter::set_input(NodeId node, std::size_t slot, ValueId with) {
  if (error_) return;
  if (node.index >= graph_.nodes.size() || slot >= graph_[node].inputs.size() || (with.valid() && !known(with))) {
    return fail("an input edit names a node, slot or value that does not exist");
  }
  slots_.push_back({node, slot, with});
  changed_ = true;
}

void Rewriter::erase(NodeId node) {
  if (error_) return;
  if (node.index >= erased_.size()) return fail("erases a node that does not exist");
  erased_[node.index] = true;
  changed_ = true;
}

void Rewriter::erase_constant(ValueId constant) {
  if (error_) return;
  if (!is_constant(constant)) return fail(graph_.label(constant) + " is not a constant");
  if (constant.index < graph_.values.size() && (!uses_.users(constant).empty() || uses_.is_output(constant))) {
    return fail(graph_.label(constant) + " is still read");
  }
  changed_ = true;  // finish() keeps no unread constant
}

bool Rewriter::may_replace(ValueId old, ValueId with) const {
  if (!known(old) || !known(with) || !(type(old) == type(with))) return false;
  return !interface_[old.index] || !interface_[resolve(with).index];
}

// Numbers values in the order of the listing: inputs, then per node the constants it is first to read and its
// outputs. Linear in values + nodes + inputs of nodes.
class Rewriter::Assembly {
 public:
  explicit Assembly(Rewriter& edits)
      : edits_(edits),
        old_(edits.graph_),
        state_(old_.nodes.size() + edits.new_nodes_.size(), State::kWaiting),
        needed_(state_.size()),
        number_(edits.replacement_.size()),
        final_(edits.replacement_.size()) {}

  Result<Graph> run() {
    result_.name = old_.name;
    resolve_values();
    resolve_inputs();
    mark_needed();
    for (const ValueId input : old_.inputs) {
      if (final_[input.index] != input) return fail("graph input " + old_.label(input) + " cannot be replaced");
      result_.inputs.push_back(keep(input));
    }
    for (std::size_t i = 0; i < old_.nodes.size(); ++i) {
      PAW_RETURN_IF_ERROR(needed_[i] ? schedule(NodeId(i)) : schedule_successors(old_.nodes[i]));
    }
    for (const ValueId output : old_.outputs) {
      const ValueId value = final_[output.index];
      if (const NodeId producer = producer_of(value); producer.valid()) PAW_RETURN_IF_ERROR(schedule(producer));
      result_.outputs.push_back(number_[value.index].valid() ? number_[value.index] : keep(value));
    }
    move_names();
    PAW_RETURN_IF_ERROR(verify(result_));
    return std::move(result_);
  }

 private:
  enum class State : std::uint8_t { kWaiting, kOpen, kDone };
  struct Frame {
    NodeId node;
    std::size_t next_input = 0;
  };

  static std::unexpected<Error> fail(std::string_view message) {
    return paw::fail(ErrorCode::kInternal, "rewriter", message);
  }

  const Node& node(NodeId id) const {
    return id.index < old_.nodes.size() ? old_[id] : edits_.new_nodes_[id.index - old_.nodes.size()];
  }
  NodeId producer_of(ValueId value) const {
    const std::size_t count = old_.values.size();
    return value.index < count ? edits_.uses_.producer(value) : edits_.new_producer_[value.index - count];
  }

  // Follows every chain of replacements once, however long.
  void resolve_values() {
    std::vector<ValueId> path;
    for (std::size_t i = 0; i < final_.size(); ++i) {
      ValueId value(i);
      while (!final_[value.index].valid() && edits_.replacement_[value.index].valid()) {
        path.push_back(value);
        value = edits_.replacement_[value.index];
      }
      if (!final_[value.index].valid()) final_[value.index] = value;
      for (const ValueId v : path) final_[v.index] = final_[value.index];
      path.clear();
    }
  }

  // What every node reads once slot edits and replacements are applied.
  void resolve_inputs() {
    inputs_.reserve(state_.size());
    for (std::size_t i = 0; i < state_.size(); ++i) inputs_.push_back(node(NodeId(i)).inputs);
    for (const SlotEdit& edit : edits_.slots_) inputs_[edit.node.index][edit.slot] = edit.with;
    for (std::vector<ValueId>& inputs : inputs_) {
      for (ValueId& input : inputs) {
        if (input.valid()) input = final_[input.index];
      }
    }
  }

  // Marks what the outputs need, and old nodes that nothing read even before the edits, with what these need.
  void mark_needed() {
    std::vector<NodeId> work;
    const auto need = [&](NodeId id) {
      if (!id.valid() || needed_[id.index]) return;
      needed_[id.index] = true;
      work.push_back(id);
    };
    for (const ValueId output : old_.outputs) need(producer_of(final_[output.index]));
    for (std::size_t i = 0; i < old_.nodes.size(); ++i) {
      // Replaced counts as read: what stands for it is not.
      const bool read = std::ranges::any_of(old_.nodes[i].outputs, [&](ValueId v) {
        return !edits_.uses_.users(v).empty() || edits_.uses_.is_output(v) || final_[v.index] != v;
      });
      if (!read && !edits_.erased_[i]) need(NodeId(i));
    }
    while (!work.empty()) {
      const NodeId id = work.back();
      work.pop_back();
      for (const ValueId input : inputs_[id.index]) {
        if (input.valid()) need(producer_of(input));
      }
    }
  }

  // Emits `root` after everything it reads that is not out yet. Depth-first with its own stack: graphs are deep.
  Status schedule(NodeId root) {
    if (state_[root.index] == State::kDone) return {};
    std::vector<Frame> stack;
    PAW_RETURN_IF_ERROR(open(root, stack));
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const std::vector<ValueId>& inputs = inputs_[frame.node.index];
      if (frame.next_input == inputs.size()) {
        PAW_RETURN_IF_ERROR(emit(frame.node));
        stack.pop_back();
        continue;
      }
      const ValueId input = inputs[frame.next_input++];
      const NodeId producer = input.valid() ? producer_of(input) : NodeId{};
      if (producer.valid() && state_[producer.index] != State::kDone) PAW_RETURN_IF_ERROR(open(producer, stack));
    }
    return {};
  }

  // A new node that makes a graph output stands where the old one stood, in case nothing else reads it.
  Status schedule_successors(const Node& dropped) {
    for (const ValueId output : dropped.outputs) {
      const ValueId with = final_[output.index];
      const NodeId producer = producer_of(with);
      const bool is_new = producer.valid() && producer.index >= old_.nodes.size();
      if (is_new && edits_.uses_.is_output(output)) PAW_RETURN_IF_ERROR(schedule(producer));
    }
    return {};
  }

  Status open(NodeId id, std::vector<Frame>& stack) {
    if (id.index < old_.nodes.size() && edits_.erased_[id.index]) {
      return fail(old_.label(id) + " was erased, but its result is still read");
    }
    if (state_[id.index] == State::kOpen) return fail("the edits make " + describe(id) + " depend on itself");
    state_[id.index] = State::kOpen;
    stack.push_back({id});
    return {};
  }

  std::string describe(NodeId id) const {
    if (id.index < old_.nodes.size()) return old_.label(id);
    return "the new " + std::string(node(id).op->name) + " '" + node(id).source + "'";
  }

  ValueId keep(ValueId old) {
    const ValueId id(result_.values.size());
    result_.values.push_back(edits_.value_of(old));
    number_[old.index] = id;
    return id;
  }

  Status emit(NodeId id) {
    const Node& from = node(id);
    Node to{.op = from.op, .attrs = from.attrs, .inputs = {}, .outputs = {}, .source = from.source};
    std::vector<const TensorType*> types;
    for (const ValueId input : inputs_[id.index]) {
      if (input.valid() && !number_[input.index].valid()) keep(input);  // a constant's first reader
      to.inputs.push_back(input.valid() ? number_[input.index] : ValueId{});
    }
    for (const ValueId input : to.inputs) types.push_back(input.valid() ? &result_.type(input) : nullptr);
    PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> inferred, infer_types(*to.op, to.attrs, types, to.source));
    std::vector<TensorType> resolved;
    for (std::size_t i = 0; i < inferred.size(); ++i) {
      const TensorType& before = edits_.type(from.outputs[i]);
      // What an op takes over from its input is not a declaration; neither is what another element type had.
      const bool follows = to.op->has(kSharesInputScale) || before.dtype != inferred[i].dtype;
      PAW_ASSIGN_OR_RETURN(TensorType type, resolve_output_type(*to.op, types, inferred[i],
                                                                follows ? nullptr : before.quant, to.source));
      resolved.push_back(std::move(type));
    }
    for (std::size_t i = 0; i < inferred.size(); ++i) {
      const ValueId output = keep(from.outputs[i]);
      result_[output].type = std::move(resolved[i]);
      to.outputs.push_back(output);
    }
    result_.nodes.push_back(std::move(to));
    state_[id.index] = State::kDone;
    return {};
  }

  // Names of replaced values go to what stands for them, those of graph outputs first.
  void move_names() {
    std::vector<bool> taken(result_.values.size());
    for (const ValueId input : result_.inputs) taken[input.index] = true;
    for (const ValueId output : old_.outputs) {
      if (final_[output.index] == output && !old_[output].name.empty()) taken[number_[output.index].index] = true;
    }
    for (const ValueId output : old_.outputs) move_name(output, taken, true);
    for (std::size_t i = 0; i < old_.values.size(); ++i) move_name(ValueId(i), taken, false);
  }

  void move_name(ValueId old, std::vector<bool>& taken, bool is_output) {
    const std::string& name = old_[old].name;
    const ValueId with = final_[old.index];
    if (name.empty() || with == old || !number_[with.index].valid()) return;
    const ValueId to = number_[with.index];
    const bool fresh = with.index >= old_.values.size() && result_[to].name.empty();
    if (taken[to.index] || !(is_output || fresh)) return;
    result_[to].name = name;
    taken[to.index] = true;
    if (number_[old.index].valid()) result_[number_[old.index]].name.clear();  // the old value stays, unread
  }

  const Rewriter& edits_;
  const Graph& old_;
  Graph result_;
  std::vector<State> state_;                  // per old and new node
  std::vector<bool> needed_;                  // per old and new node
  std::vector<std::vector<ValueId>> inputs_;  // per old and new node, resolved
  std::vector<ValueId> number_;               // per old and new value: its id in result_
  std::vector<ValueId> final_;                // per old and new value: what its readers read
};

Result<bool> Rewriter::finish() {
  if (spent_) fail("finish() was called twice");
  spent_ = true;
  if (error_) return std::unexpected(*error_);
  if (!changed_) return false;
  PAW_ASSIGN_OR_RETURN(Graph result, Assembly(*this).run());
  graph_ = std::move(result);
  return true;
}

}  // namespace paw
