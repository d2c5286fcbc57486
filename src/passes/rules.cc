#include "passes/rules.h"

#include <algorithm>
#include <cmath>

#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw {

std::optional<double> splat_value(const Rewriter& edits, ValueId value) {
  if (!edits.is_constant(value)) return std::nullopt;
  const Tensor tensor = edits.tensor(value);
  if (tensor.type.quant) {
    const std::vector<double> real = real_values(tensor);
    const bool equal = std::ranges::all_of(real, [&](double v) { return v == real[0]; });
    return equal ? std::optional(real[0]) : std::nullopt;
  }
  const double first = load_element(tensor.type.dtype, tensor.data.data(), 0);
  const std::int64_t count = tensor.type.shape.elements();
  for (std::int64_t i = 0; i < count; ++i) {
    if (load_element(tensor.type.dtype, tensor.data.data(), i) != first) return std::nullopt;
  }
  return std::isnan(first) ? std::nullopt : std::optional(first);
}

std::optional<Tensor> finite_constant(DType dtype, const Shape& shape, std::span<const double> values) {
  Tensor tensor = tensor_from_real({dtype, shape}, values);
  const auto finite = [](auto v) { return std::isfinite(v); };
  const bool all = dtype == DType::kF32 ? std::ranges::all_of(tensor.as<float>(), finite)
                                        : std::ranges::all_of(stored_values(tensor), finite);
  return all ? std::optional(std::move(tensor)) : std::nullopt;
}

bool is_read(const Rewriter& edits, const Node& node) {
  return std::ranges::any_of(node.outputs, [&](ValueId output) {
    return !edits.uses().users(output).empty() || edits.uses().is_output(output);
  });
}

const Node* Candidate::producer(std::size_t i) const {
  const Graph& graph = edits.graph();
  const NodeId made_by = has(i) ? edits.uses().producer(node.inputs[i]) : NodeId{};
  return made_by.valid() ? &graph[made_by] : nullptr;
}

const Node* Candidate::single_use_input(std::size_t i, const OpDef& op) const {
  const Node* made_by = producer(i);
  if (made_by == nullptr || made_by->op != &op) return nullptr;
  const bool untouched = in(i) == node.inputs[i];
  return untouched && edits.uses().single_use(node.inputs[i]) ? made_by : nullptr;
}

ValueId merge_reshapes(const Candidate& c) {
  const Node* inner = c.producer(0);
  if (inner == nullptr || inner->op != &op::reshape) return {};
  const ValueId x = c.edits.resolve(inner->inputs[0]);
  if (c.edits.may_replace(c.out(), x)) return x;
  const auto extents = c.type().shape.extents();
  return c.edits.insert(op::reshape, {x}, ShapeAttrs{{extents.begin(), extents.end()}}, c.node.source);
}

Result<bool> apply_rules(Graph& graph, std::span<const Rule> rules) {
  Rewriter edits(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Candidate candidate{edits, NodeId(i), graph.nodes[i]};
    if (!is_read(edits, candidate.node)) continue;
    for (const Rule& rule : rules) {
      if (rule.op != candidate.node.op) continue;
      const ValueId with = rule.rewrite(candidate);
      if (!edits.may_replace(candidate.out(), with)) continue;
      edits.replace(candidate.out(), with);
      break;
    }
  }
  return edits.finish();
}

Result<bool> until_settled(Graph& graph, Result<bool> (*once)(Graph&)) {
  // Every sweep of a sound rule set shortens something.
  const std::size_t limit = 2 * graph.nodes.size() + 64;
  for (std::size_t sweep = 0; sweep < limit; ++sweep) {
    PAW_ASSIGN_OR_RETURN(const bool again, once(graph));
    if (!again) return sweep > 0;
  }
  return fail(ErrorCode::kInternal, "rules", "do not settle after " + std::to_string(limit) + " sweeps");
}

}  // namespace paw
