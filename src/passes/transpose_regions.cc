#include "passes/transpose_regions.h"

#include <algorithm>
#include <numeric>

#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "passes/rules.h"

namespace paw {

namespace {

ShapeAttrs shape_attrs(const Shape& shape) { return {{shape.extents().begin(), shape.extents().end()}}; }

// `shape` with axes of extent 1 in front, as broadcasting adds them.
Shape with_rank(const Shape& shape, std::size_t rank) {
  std::vector<std::int64_t> extents(rank - static_cast<std::size_t>(shape.rank()), 1);
  extents.insert(extents.end(), shape.extents().begin(), shape.extents().end());
  return Shape(extents);
}

// What a value is known to be: the transpose by `perm` of a plain value that exists or could be computed.
struct Carried {
  Perm perm;
  bool known = false;
  bool from_transpose = false;  // else computed by a node of a region
  bool needed = false;          // by a reader that is neither a transpose nor in the region
};

class Sinking {
 public:
  explicit Sinking(Graph& graph)
      : edits_(graph),
        graph_(edits_.graph()),
        carried_(graph.values.size()),
        plans_(graph.nodes.size()),
        parent_(graph.values.size()),
        plain_(graph.values.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  Result<bool> run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) plan(NodeId(i));
    weigh();
    choose();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) rewrite(NodeId(i));
    return edits_.finish();
  }

 private:
  static bool is_transpose(const Node& node) { return node.op == &op::transpose; }
  static const Perm& perm_of(const Node& node) { return node.attrs.as<TransposeAttrs>().perm; }

  bool carries(ValueId value) const { return value.valid() && carried_[value.index].known; }

  std::size_t region(ValueId value) {
    std::size_t i = value.index;
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(ValueId a, ValueId b) { parent_[region(a)] = region(b); }

  // Decides in order of the graph whether each node could be part of a region.
  void plan(NodeId id) {
    const Node& node = graph_[id];
    if (is_transpose(node)) {
      if (!graph_.is_constant(node.inputs[0])) {
        carried_[node.outputs[0].index] = {.perm = perm_of(node), .known = true, .from_transpose = true};
      }
      return;
    }
    const auto first = std::ranges::find_if(node.inputs, [&](ValueId v) { return carries(v); });
    if (first == node.inputs.end() || node.outputs.size() != 1 || !is_read(edits_, node)) return;
    const Perm& perm = carried_[first->index].perm;
    std::vector<const TensorType*> types;
    for (const ValueId input : node.inputs) types.push_back(input.valid() ? &graph_.type(input) : nullptr);
    std::optional<PlainNode> plan = on_plain_operands(*node.op, node.attrs, types, perm);
    if (!plan || !operands_fit(node, perm, plan->any_operand)) return;
    for (const ValueId input : node.inputs) {
      if (carries(input)) join(input, node.outputs[0]);
    }
    const bool moved = !is_identity(plan->result);
    carried_[node.outputs[0].index] = {.perm = plan->result, .known = moved};
    plans_[id.index] = std::move(plan);
  }

  bool operands_fit(const Node& node, const Perm& perm, bool broadcasts) const {
    const TensorType& y = graph_.type(node.outputs[0]);
    if (!has_one_scale(y) || (broadcasts && static_cast<std::size_t>(y.shape.rank()) != perm.size())) return false;
    return std::ranges::all_of(node.inputs, [&](ValueId input) {
      if (!input.valid()) return true;
      const TensorType& type = graph_.type(input);
      if (!has_one_scale(type)) return false;
      if (carries(input)) return carried_[input.index].perm == perm;
      if (!broadcasts && static_cast<std::size_t>(type.shape.rank()) != perm.size()) return false;
      return graph_.is_constant(input) || moves_unit_axes_only(with_rank(type.shape, perm.size()), inverse(perm));
    });
  }

  // Elements that a transpose by `perm` of `value` moves; constants are folded later, unit axes are a reshape.
  std::int64_t moved_elements(ValueId result, const Perm& perm) const {
    const Shape& shape = graph_.type(result).shape;
    return moves_unit_axes_only(permuted(shape, inverse(perm)), perm) ? 0 : shape.elements();
  }

  // What each region saves: elements moved by transposes today, less those moved afterwards.
  void weigh() {
    saved_.assign(graph_.values.size(), 0);
    for (const ValueId output : graph_.outputs) carried_[output.index].needed = true;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      for (const ValueId input : node.inputs) {
        if (!carries(input) || plans_[i]) continue;
        Carried& c = carried_[input.index];
        if (!is_transpose(node)) {
          c.needed = true;
        } else if (!c.from_transpose) {
          const Perm merged = compose(c.perm, perm_of(node));
          saved_[region(input)] +=
              moved_elements(node.outputs[0], perm_of(node)) - moved_elements(node.outputs[0], merged);
        }
      }
    }
    for (std::size_t i = 0; i < carried_.size(); ++i) {
      const Carried& c = carried_[i];
      if (!c.known) continue;
      const std::int64_t cost = moved_elements(ValueId(i), c.perm);
      saved_[region(ValueId(i))] += (c.from_transpose ? cost : 0) - (c.needed ? cost : 0);
    }
  }

  // A transpose behind one region may start another one: of such neighbours only the first is done now.
  void choose() {
    chosen_.assign(graph_.values.size(), false);
    std::vector<bool> blocked(graph_.values.size());
    for (const Node& node : graph_.nodes) {
      if (!is_transpose(node) || !carries(node.inputs[0])) continue;
      const std::size_t above = region(node.inputs[0]), below = region(node.outputs[0]);
      if (above == below || (saved_[above] > 0 && saved_[below] > 0 && !blocked[above])) blocked[below] = true;
    }
    for (std::size_t i = 0; i < saved_.size(); ++i) chosen_[i] = saved_[i] > 0 && !blocked[i];
  }

  void rewrite(NodeId id) {
    const Node& node = graph_[id];
    const ValueId y = node.outputs.empty() ? ValueId{} : node.outputs[0];
    if (is_transpose(node)) {
      const ValueId x = node.inputs[0];
      if (carries(x) && !carried_[x.index].from_transpose && chosen_[region(x)]) {
        replace(y, plain_[x.index], compose(carried_[x.index].perm, perm_of(node)), node.source);
      }
      return;
    }
    if (!plans_[id.index] || !chosen_[region(y)]) return;
    const PlainNode& plan = *plans_[id.index];
    const auto first = std::ranges::find_if(node.inputs, [&](ValueId v) { return carries(v); });
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) {
      inputs.push_back(plain_operand(input, carried_[first->index].perm, node.source));
    }
    plain_[y.index] = edits_.insert(*node.op, inputs, plan.attrs, node.source, edits_.type(y).quant);
    const Carried& c = carried_[y.index];
    if (!c.known || c.needed) replace(y, plain_[y.index], plan.result, node.source);
  }

  ValueId plain_operand(ValueId input, const Perm& perm, const std::string& source) {
    if (!input.valid()) return {};
    if (carries(input)) {
      if (!carried_[input.index].from_transpose) return plain_[input.index];
      return graph_[edits_.uses().producer(input)].inputs[0];
    }
    const Shape& shape = graph_.type(input).shape;
    if (shape.rank() == 0) return input;
    const Shape full = with_rank(shape, perm.size());
    const Perm back = inverse(perm);
    if (moves_unit_axes_only(full, back)) {
      const Shape moved = permuted(full, back);
      return moved == shape ? input : edits_.insert(op::reshape, {input}, shape_attrs(moved), source);
    }
    const ValueId ranked = full == shape ? input : edits_.insert(op::reshape, {input}, shape_attrs(full), source);
    return edits_.insert(op::transpose, {ranked}, TransposeAttrs{back}, source);
  }

  void replace(ValueId old, ValueId plain, const Perm& perm, const std::string& source) {
    if (is_identity(perm) && edits_.may_replace(old, plain)) return edits_.replace(old, plain);
    edits_.replace(old, insert_transpose(edits_, plain, perm, source));
  }

  Rewriter edits_;
  const Graph& graph_;
  std::vector<Carried> carried_;                 // per value
  std::vector<std::optional<PlainNode>> plans_;  // per node that could be in a region
  std::vector<std::size_t> parent_;              // union-find over values
  std::vector<std::int64_t> saved_;              // per region (its root value)
  std::vector<bool> chosen_;                     // per region
  std::vector<ValueId> plain_;                   // per value computed in a chosen region
};

}  // namespace

ValueId insert_transpose(Rewriter& edits, ValueId value, const Perm& perm, const std::string& source) {
  const Shape& shape = edits.type(value).shape;
  if (!is_identity(perm) && moves_unit_axes_only(shape, perm)) {
    return edits.insert(op::reshape, {value}, shape_attrs(permuted(shape, perm)), source);
  }
  return edits.insert(op::transpose, {value}, TransposeAttrs{perm}, source);
}

Result<bool> sink_transposes(Graph& graph) { return Sinking(graph).run(); }

}  // namespace paw
