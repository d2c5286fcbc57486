#include "formats/coreml/program/float_ops.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw::coreml {

namespace {

bool is_quantised(const Graph& graph, ValueId v) {
  return v.valid() && graph.type(v).quant != nullptr && !graph.is_constant(v);
}

bool computes_on_integers(const Graph& graph, const Node& node) {
  const auto quantised = [&](ValueId v) { return is_quantised(graph, v); };
  if (node.op == &op::dequantize) return false;
  if (node.op == &op::quantize) return quantised(node.inputs[0]);
  return std::ranges::any_of(node.inputs, quantised) || std::ranges::any_of(node.outputs, quantised);
}

class FloatOps {
 public:
  explicit FloatOps(const Graph& graph)
      : old_(graph),
        uses_(graph),
        builder_(graph.name),
        same_(graph.values.size()),
        floats_(graph.values.size()),
        named_(graph.values.size()) {}

  Result<Graph> run() {
    for (const ValueId v : old_.inputs) same_[v.index] = builder_.input(take_name(v), old_.type(v));
    for (const Node& node : old_.nodes) computes_on_integers(old_, node) ? add_in_floats(node) : add_same(node);
    for (const ValueId v : old_.outputs) builder_.output(same(v));
    PAW_ASSIGN_OR_RETURN(Graph graph, builder_.finish());
    for (std::size_t i = 0; i < same_.size(); ++i) {
      if (same_[i].valid() && old_.values[i].encoding) graph[same_[i]].encoding = old_.values[i].encoding;
    }
    return graph;
  }

 private:
  // As in the old graph.
  ValueId same(ValueId v) {
    if (!v.valid()) return {};
    ValueId& id = same_[v.index];
    if (id.valid()) return id;
    if (old_.is_constant(v)) return id = builder_.constant(old_.tensor(v), take_name(v));
    const TensorType& type = old_.type(v);
    const NodeId maker = uses_.producer(v);
    return id = builder_.call(op::quantize, {floats_[v.index]}, DtypeAttrs{type.dtype},
                              {take_name(v), maker.valid() ? old_[maker].source : std::string(), type.quant});
  }

  // The floats that it stands for.
  ValueId floats(ValueId v, const std::string& source) {
    if (!v.valid() || old_.type(v).quant == nullptr) return same(v);
    ValueId& id = floats_[v.index];
    if (id.valid()) return id;
    const DType dtype = old_.type(v).dtype;
    if (old_.is_constant(v) && (dtype == DType::kI32 || dtype == DType::kI64)) {  // a bias
      const Tensor bias = old_.tensor(v);
      return id = builder_.constant(tensor_from_real({DType::kF32, bias.type.shape}, real_values(bias)), take_name(v));
    }
    return id = builder_.call(op::dequantize, {same(v)}, DtypeAttrs{DType::kF32}, {{}, source, {}});
  }

  void add_same(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId v : node.inputs) inputs.push_back(same(v));
    const ValueId y = node.outputs[0];
    const auto outputs =
        builder_.call_all(*node.op, inputs, node.attrs, {take_name(y), node.source, old_.type(y).quant});
    for (std::size_t i = 0; i < outputs.size(); ++i) same_[node.outputs[i].index] = outputs[i];
    // Whoever else wants the floats of what is dequantised here takes these.
    if (node.op == &op::dequantize) floats_[node.inputs[0].index] = outputs[0];
  }

  void add_in_floats(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId v : node.inputs) inputs.push_back(floats(v, node.source));
    if (node.op == &op::quantize) {
      const ValueId y = node.outputs[0];
      same_[y.index] = builder_.call(op::quantize, inputs, node.attrs, {take_name(y), node.source, old_.type(y).quant});
      return;
    }
    const auto outputs = builder_.call_all(*node.op, inputs, node.attrs, {{}, node.source, {}});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const ValueId y = node.outputs[i];
      if (!is_quantised(old_, y)) {
        same_[y.index] = outputs[i];
        continue;
      }
      floats_[y.index] = outputs[i];
      if (goes_on_in_floats(y)) continue;
      same(y);
      floats_[y.index] = {};  // what reads it reads what was rounded
    }
  }

  // Its only reader is a clamp that keeps its scale.
  bool goes_on_in_floats(ValueId y) const {
    const auto& users = uses_.users(y);
    if (users.size() != 1 || uses_.is_output(y)) return false;
    const Node& next = old_[users[0]];
    if (next.op != &op::relu && next.op != &op::relu6 && next.op != &op::clamp) return false;
    const auto& quant = old_.type(next.outputs[0]).quant;
    return quant != nullptr && *quant == *old_.type(y).quant && old_.type(next.outputs[0]).dtype == old_.type(y).dtype;
  }

  std::string take_name(ValueId v) {
    if (named_[v.index]) return {};
    named_[v.index] = true;
    return old_[v].name;
  }

  const Graph& old_;
  Uses uses_;
  GraphBuilder builder_;
  std::vector<ValueId> same_, floats_;  // by old value: the new one of the same type; that of its real numbers
  std::vector<bool> named_;
};

}  // namespace

bool has_integer_ops(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) { return computes_on_integers(graph, node); });
}

Result<Graph> ops_in_floats(const Graph& graph) { return FloatOps(graph).run(); }

}  // namespace paw::coreml
