#include "lower/lower.h"

#include <functional>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "ir/verify.h"
#include "lower/decompress.h"
#include "lower/draft.h"
#include "lower/quant/quant.h"
#include "lower/quant/widen.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace paw {

#define PAW_LOWER(op_name, function) Status function(Lowering&, const Node&);
#include "lower/lowerings.inc"
#undef PAW_LOWER
#define PAW_LOWER_QUANT(op_name, function) Status function(Lowering&, const Node&);
#include "lower/quant_lowerings.inc"
#undef PAW_LOWER_QUANT

namespace {

struct Entry {
  const OpDef* op;
  LowerFn lower;
};

constexpr Entry kEntries[] = {
#define PAW_LOWER(op_name, function) {&op::op_name, function},
#include "lower/lowerings.inc"
#undef PAW_LOWER
};

constexpr Entry kQuantEntries[] = {
#define PAW_LOWER_QUANT(op_name, function) {&op::op_name, function},
#include "lower/quant_lowerings.inc"
#undef PAW_LOWER_QUANT
};

LowerFn find(std::span<const Entry> entries, const OpDef* op) {
  for (const Entry& entry : entries) {
    if (entry.op == op) return entry.lower;
  }
  return nullptr;
}

// A quantised node without an integer lowering may still be one that only moves elements.
LowerFn find_lowering(const Graph& graph, const Node& node) {
  if (is_quantised(graph, node)) {
    if (const LowerFn found = find(kQuantEntries, node.op)) return found;
  }
  return find(kEntries, node.op);
}

constexpr float kNoBound = std::numeric_limits<float>::infinity();

// Large constants differ at their ends when they differ: hashing all of every weight would cost more than packing it.
struct HashEnds {
  std::size_t operator()(std::string_view content) const {
    constexpr std::size_t kEnd = 256;
    const std::hash<std::string_view> hash;
    if (content.size() <= 2 * kEnd) return hash(content);
    return hash(content.substr(0, kEnd)) ^ hash(content.substr(content.size() - kEnd)) ^ content.size();
  }
};

class GraphLowering final : public Lowering {
 public:
  GraphLowering(const Graph& graph, Rounding rounding)
      : graph_(graph), rounding_(rounding), uses_(graph), done_(graph.nodes.size()) {
    buffers_.resize(graph.values.size());
  }

  Result<Draft> run() {
    for (const ValueId input : graph_.inputs) draft_.inputs.push_back(port(input));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (done_[i]) continue;
      const Node& node = graph_.nodes[i];
      const LowerFn lower_node = find_lowering(graph_, node);
      if (lower_node == nullptr) return unsupported(node, "the engine does not run this op");
      const std::size_t before = draft_.steps.size();
      PAW_RETURN_IF_ERROR(lower_node(*this, node));
      if (draft_.steps.size() > before) account(node, draft_.steps[before]);
    }
    for (const ValueId output : graph_.outputs) draft_.outputs.push_back(port(output));
    return std::move(draft_);
  }

  const Graph& graph() const override { return graph_; }
  Rounding rounding() const override { return rounding_; }

  BufferId buffer(ValueId value) override {
    if (!value.valid()) return {};
    BufferId& id = buffers_[value.index];
    if (id.valid()) return id;
    const Value& v = graph_[value];
    id = v.constant ? constant(*v.constant) : temporary(v.type.bytes());
    return id;
  }

  BufferId temporary(std::uint64_t bytes) override {
    draft_.buffers.push_back({bytes, std::nullopt});
    return BufferId(draft_.buffers.size() - 1);
  }

  BufferId constant(Bytes bytes) override {
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto [at, added] = constants_.try_emplace(key, BufferId(draft_.buffers.size()));
    if (added) draft_.buffers.push_back({bytes.size(), std::move(bytes)});
    return at->second;
  }

  void alias(ValueId value, ValueId of) override { buffers_[value.index] = buffer(of); }

  void emit(DraftStep step) override { draft_.steps.push_back(std::move(step)); }

  FusedClamp take_clamp(ValueId value) override {
    FusedClamp none{-kNoBound, kNoBound, value};
    if (!uses_.single_use(value)) return none;
    const NodeId reader = uses_.users(value)[0];
    const auto bounds = clamp_bounds(graph_[reader]);
    if (!bounds) return none;
    done_[reader.index] = true;
    return {bounds->min, bounds->max, graph_[reader].outputs[0]};
  }

  const Node* producer(ValueId value) const override {
    const NodeId node = uses_.producer(value);
    return node.valid() ? &graph_[node] : nullptr;
  }

  const Node* only_reader(ValueId value) const override {
    return uses_.single_use(value) ? &graph_[uses_.users(value)[0]] : nullptr;
  }

  void keep(ValueId value, BufferId buffer) override { kept_[value.index] = buffer; }

  BufferId kept(ValueId value) const override {
    const auto at = kept_.find(value.index);
    return at != kept_.end() ? at->second : BufferId{};
  }

 private:
  DraftPort port(ValueId id) { return {graph_.label(id).substr(1), graph_.type(id), buffer(id)}; }

  // What the profile says of a node's first step.
  void account(const Node& node, DraftStep& step) const {
    std::vector<const TensorType*> types;
    std::int64_t bytes = 0;
    for (const ValueId input : node.inputs) {
      types.push_back(input.valid() ? &graph_.type(input) : nullptr);
      if (input.valid()) bytes += static_cast<std::int64_t>(graph_.type(input).bytes());
    }
    std::vector<TensorType> outputs;
    for (const ValueId output : node.outputs) {
      outputs.push_back(graph_.type(output));
      bytes += static_cast<std::int64_t>(graph_.type(output).bytes());
    }
    step.bytes = bytes;
    if (node.op->cost != nullptr) step.macs = node.op->cost({*node.op, node.attrs, types, node.source}, outputs).macs;
  }

  const Graph& graph_;
  Rounding rounding_;
  Uses uses_;
  std::vector<bool> done_;                                              // nodes fused into an earlier one
  std::vector<BufferId> buffers_;                                       // per value
  std::unordered_map<std::uint32_t, BufferId> kept_;                    // by value
  std::unordered_map<std::string_view, BufferId, HashEnds> constants_;  // by content, which draft_ keeps alive
  Draft draft_;
};

}  // namespace

std::optional<Bounds> clamp_bounds(const Node& node) {
  if (node.op == &op::relu) return Bounds{0.0f, kNoBound};
  if (node.op == &op::relu6) return Bounds{0.0f, 6.0f};
  if (node.op != &op::clamp) return std::nullopt;
  const auto& attrs = node.attrs.as<ClampAttrs>();
  return Bounds{static_cast<float>(attrs.min), static_cast<float>(attrs.max)};
}

std::unexpected<Error> unsupported(const Node& node, std::string_view message, std::string_view hint) {
  return OpCall{*node.op, node.attrs, {}, node.source}.error(message, hint);
}

Status require_f32(const Lowering& lowering, const Node& node, ValueId operand) {
  const TensorType& type = lowering.graph().type(operand);
  if (type.dtype != DType::kF32)
    return unsupported(node, "the engine runs this op in float32 only, got " + type.text());
  return {};
}

Status require_f32(const Lowering& lowering, const Node& node) {
  for (const ValueId input : node.inputs) {
    if (input.valid()) PAW_RETURN_IF_ERROR(require_f32(lowering, node, input));
  }
  return {};
}

Result<Bytes> lower(const Graph& graph, const LowerOptions& options) {
  Graph prepared = graph;
  if (options.deploy_passes) PAW_RETURN_IF_ERROR(run_pipeline(prepared, *find_pipeline("deploy")));
  PAW_ASSIGN_OR_RETURN(prepared, widen_i16(std::move(prepared)));
  decompress(prepared);
  PAW_ASSIGN_OR_RETURN(Draft draft, GraphLowering(prepared, options.rounding).run());
  if (options.group) {
    group_steps(draft);
  } else {
    no_groups(draft);
  }
  return write_plan(draft);
}

}  // namespace paw
