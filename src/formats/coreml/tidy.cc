#include "formats/coreml/tidy.h"

#include <algorithm>

#include "ir/rewriter.h"
#include "ops/activation.h"
#include "ops/matmul.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml {

namespace {

// One pass over the graph with one set of edits: rules see the graph as it was.
class Tidy {
 public:
  explicit Tidy(Graph& graph) : graph_(graph), edits_(graph) {}

  Result<bool> run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (node.op == &op::mul) gate(node);
      if (node.op == &op::log) log_of_softmax(node);
      if (node.op == &op::maximum || node.op == &op::minimum) half_clamp(node);
      if (node.op == &op::matmul) dense(node);
      if (node.op == &op::add) biased(node);
      if (node.op == &op::reshape) reshape(node);
      if (node.op == &op::broadcast_to) broadcast(node);
    }
    return edits_.finish();
  }

 private:
  // The node that makes `value` alone for one reader; null: another op.
  const Node* made_by(ValueId value, const OpDef& op) const {
    const NodeId maker = edits_.uses().producer(value);
    if (!maker.valid() || graph_[maker].op != &op || !edits_.uses().single_use(value)) return nullptr;
    return &graph_[maker];
  }

  void become(const Node& node, const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {}) {
    edits_.replace(node.outputs[0], edits_.insert(op, inputs, std::move(attrs), node.source));
  }

  void gate(const Node& node) {
    for (const std::size_t i : {0u, 1u}) {
      const ValueId x = node.inputs[i], other = node.inputs[1 - i];
      const Node* hard = made_by(other, op::hard_sigmoid);
      if (hard != nullptr && hard->inputs[0] == x) return become(node, op::hard_swish, {x});
      const Node* soft = made_by(other, op::sigmoid);
      if (soft != nullptr && soft->inputs[0] == x) return become(node, op::silu, {x});
    }
  }

  void log_of_softmax(const Node& node) {
    const Node* softmax = made_by(node.inputs[0], op::softmax);
    if (softmax != nullptr) become(node, op::log_softmax, {softmax->inputs[0]}, softmax->attrs);
  }

  void half_clamp(const Node& node) {
    for (const std::size_t i : {0u, 1u}) {
      const ValueId number = node.inputs[i];
      const TensorType& type = graph_.type(number);
      if (!graph_.is_constant(number) || type.shape.rank() != 0 || type.dtype != DType::kF32) continue;
      const double bound = graph_.tensor(number).as<float>()[0];
      if (bound != bound) continue;
      ClampAttrs attrs;
      (node.op == &op::maximum ? attrs.min : attrs.max) = bound;
      return become(node, op::clamp, {node.inputs[1 - i]}, attrs);
    }
  }

  bool is_cast_constant(ValueId value) const {
    const NodeId maker = edits_.uses().producer(value);
    return maker.valid() && graph_[maker].op == &op::cast && graph_.is_constant(graph_[maker].inputs[0]);
  }

  void dense(const Node& node) {
    const auto& attrs = node.attrs.as<MatmulAttrs>();
    const ValueId x = node.inputs[0], weights = node.inputs[1];
    if (attrs.transpose_a || !attrs.transpose_b || !is_cast_constant(weights)) return;
    if (graph_.type(weights).shape.rank() == 2) become(node, op::fully_connected, {x, weights});
  }

  void biased(const Node& node) {
    const Node* dense = made_by(node.inputs[0], op::fully_connected);
    const ValueId bias = node.inputs[1];
    if (dense == nullptr || !graph_.is_constant(bias) || (dense->inputs.size() > 2 && dense->inputs[2].valid())) return;
    const Shape& out = graph_.type(dense->outputs[0]).shape;
    if (graph_.type(bias).shape == Shape{out.back()})
      become(node, op::fully_connected, {dense->inputs[0], dense->inputs[1], bias});
  }

  // Of values that took the form of an image for a layer that knows channels only.
  bool along_channels(const Node& node, const OpDef& op) {
    const Node* middle = made_by(node.inputs[0], op);
    if (middle == nullptr) return false;
    const Shape& out = graph_.type(node.outputs[0]).shape;
    for (const std::size_t i : {0u, 1u}) {
      const ValueId constant = middle->inputs[1 - i];
      const Node* before = made_by(middle->inputs[i], op::reshape);
      if (before == nullptr || !graph_.is_constant(constant) || out.rank() == 0) continue;
      const Shape &x = graph_.type(before->inputs[0]).shape, &c = graph_.type(constant).shape;
      const bool last_axis = c.rank() > 0 && c.rank() <= x.rank() && c.elements() == c.back() && c.back() == x.back();
      if (!last_axis || !(x == out) || graph_.type(middle->outputs[0]).shape.back() != x.back()) continue;
      std::vector<ValueId> inputs = middle->inputs;
      inputs[i] = before->inputs[0];
      edits_.replace(node.outputs[0], edits_.insert(op, inputs, {}, middle->source));
      return true;
    }
    return false;
  }

  void reshape(const Node& node) {
    if (const Node* before = made_by(node.inputs[0], op::reshape)) return chain(node, before->inputs[0]);
    if (along_channels(node, op::add) || along_channels(node, op::mul)) return;
    const Node* dense = made_by(node.inputs[0], op::fully_connected);
    if (dense == nullptr) return;
    const Node* rows = made_by(dense->inputs[0], op::reshape);
    if (rows == nullptr) return;
    Shape to = graph_.type(rows->inputs[0]).shape;
    if (to.rank() < 2 || to.back() != graph_.type(dense->inputs[0]).shape.back()) return;
    to[to.rank() - 1] = graph_.type(node.outputs[0]).shape.back();
    if (!(to == graph_.type(node.outputs[0]).shape)) return;
    if (to.back() != graph_.type(dense->outputs[0]).shape.back()) return;
    std::vector<ValueId> inputs = dense->inputs;
    inputs[0] = rows->inputs[0];
    edits_.replace(node.outputs[0], edits_.insert(op::fully_connected, inputs, dense->attrs, dense->source));
  }

  void chain(const Node& node, ValueId source) {
    if (graph_.type(source).shape == graph_.type(node.outputs[0]).shape) {
      if (edits_.may_replace(node.outputs[0], source)) edits_.replace(node.outputs[0], source);
      return;
    }
    become(node, op::reshape, {source}, node.attrs);
  }

  void broadcast(const Node& node) {
    const Node* raised = made_by(node.inputs[0], op::expand_dims);
    if (raised == nullptr) return;
    const auto& axes = raised->attrs.as<AxesAttrs>().axes;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (std::ranges::find(axes, static_cast<std::int64_t>(i)) == axes.end()) return;
    }
    become(node, op::broadcast_to, {raised->inputs[0]}, node.attrs);
  }

  Graph& graph_;
  Rewriter edits_;
};

// Keeps what the outputs need.
void drop_unread(Graph& graph) {
  const Uses uses(graph);
  std::vector<bool> needed(graph.values.size());
  for (const ValueId output : graph.outputs) needed[output.index] = true;
  std::vector<Node> kept;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    Node& node = graph.nodes[i];
    if (std::ranges::none_of(node.outputs, [&](ValueId v) { return needed[v.index]; })) continue;
    for (const ValueId input : node.inputs) {
      if (input.valid()) needed[input.index] = true;
    }
    for (const ValueId output : node.outputs) needed[output.index] = true;
    kept.push_back(std::move(node));
  }
  std::ranges::reverse(kept);
  graph.nodes = std::move(kept);
  for (const ValueId input : graph.inputs) needed[input.index] = true;
  std::vector<ValueId> moved(graph.values.size());
  std::vector<Value> values;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!needed[i]) continue;
    moved[i] = ValueId(values.size());
    values.push_back(std::move(graph.values[i]));
  }
  graph.values = std::move(values);
  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id = id.valid() ? moved[id.index] : id;
  };
  renumber(graph.inputs);
  renumber(graph.outputs);
  for (Node& node : graph.nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
}

}  // namespace

Status tidy(Graph& graph) {
  // Rules feed each other: a chain of three reshapes takes two rounds.
  for (int round = 0; round < 4; ++round) {
    PAW_ASSIGN_OR_RETURN(const bool changed, Tidy(graph).run());
    if (!changed) break;
  }
  drop_unread(graph);
  return {};
}

}  // namespace paw::coreml
