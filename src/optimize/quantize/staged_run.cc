#include "optimize/quantize/staged_run.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <map>

#include "ir/builder.h"
#include "ir/verify.h"
#include "lower/lower.h"
#include "ops/ops.h"
#include "optimize/quantize/layers.h"
#include "runtime/executor.h"

namespace paw {

namespace {

constexpr std::size_t kMostBytes = std::size_t{3} << 29;  // of what lives between two nodes, in both graphs

using Buffer = std::vector<std::byte>;

// One node with what it reads as inputs, constants aside.
struct OneNode {
  Bytes file;
  Plan plan;
  std::unique_ptr<Executor> executor;
  std::vector<ValueId> inputs;  // of the whole graph, in the plan's order
};

}  // namespace

struct StagedRun::State {
  const Graph& graph;
  Uses uses;
  std::int64_t examples = 0;
  int threads = 1;
  std::size_t next = 0;                      // node
  std::vector<std::vector<Buffer>> buffers;  // by value and example
  std::vector<std::size_t> readers;          // nodes still to come, and outputs, by value

  // A dequantize or cast of a constant: computed when it is read, since the constant may change until then.
  bool widens(const Node& node) const {
    return (node.op == &op::dequantize || node.op == &op::cast) && graph.is_constant(node.inputs[0]);
  }
  bool is_known(ValueId v) const {
    return graph.is_constant(v) || (uses.producer(v).valid() && widens(graph[uses.producer(v)]));
  }
  Tensor known_tensor(ValueId v) const {
    if (graph.is_constant(v)) return graph.tensor(v);
    const Node& node = graph[uses.producer(v)];
    return tensor_from_real(graph.type(node.outputs[0]), real_values(graph.tensor(node.inputs[0])));
  }

  // Where it lies stays: the executor refers to the plan.
  Result<std::unique_ptr<OneNode>> prepare(const Node& node) const {
    auto made = std::make_unique<OneNode>();
    OneNode& out = *made;
    GraphBuilder builder("one");
    std::map<std::uint32_t, ValueId> ids;
    std::vector<ValueId> operands;
    for (const ValueId v : node.inputs) {
      if (!v.valid()) {
        operands.emplace_back();
        continue;
      }
      ValueId& id = ids[v.index];
      if (!id.valid() && is_known(v)) {
        id = builder.constant(known_tensor(v));
      } else if (!id.valid()) {
        id = builder.input("x" + std::to_string(out.inputs.size()), graph.type(v));
        out.inputs.push_back(v);
      }
      operands.push_back(id);
    }
    const auto results =
        builder.call_all(*node.op, operands, node.attrs, {{}, node.source, graph.type(node.outputs[0]).quant});
    for (const ValueId y : results) builder.output(y);
    PAW_ASSIGN_OR_RETURN(const Graph one, builder.finish());
    PAW_ASSIGN_OR_RETURN(out.file, lower(one, {.deploy_passes = false}));
    PAW_ASSIGN_OR_RETURN(out.plan, Plan::load(out.file, "one node's plan"));
    PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
    out.executor = std::make_unique<Executor>(out.plan, isa, threads);
    return made;
  }

  Status run(const Node& node) {
    if (widens(node)) return {};
    PAW_ASSIGN_OR_RETURN(const auto prepared, prepare(node));
    OneNode& one = *prepared;
    for (const ValueId v : one.inputs) --readers[v.index];
    for (const ValueId y : node.outputs) buffers[y.index].resize(static_cast<std::size_t>(examples));
    for (std::size_t e = 0; e < static_cast<std::size_t>(examples); ++e) {
      for (std::size_t i = 0; i < one.inputs.size(); ++i) {
        Buffer& from = buffers[one.inputs[i].index][e];
        std::memcpy(one.executor->input(i), from.data(), from.size());
        if (readers[one.inputs[i].index] == 0) Buffer().swap(from);
      }
      one.executor->run();
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const ValueId y = node.outputs[i];
        if (readers[y.index] == 0) continue;
        const auto* bytes = static_cast<const std::byte*>(one.executor->output(i));
        buffers[y.index][e].assign(bytes, bytes + graph.type(y).bytes());
      }
    }
    return {};
  }
};

std::int64_t affordable_examples(const Graph& graph, std::int64_t wanted) {
  std::size_t most = 1;
  for (const Value& v : graph.values) {
    if (!v.constant) most = std::max(most, static_cast<std::size_t>(v.type.shape.elements()) * sizeof(float));
  }
  const auto fit = static_cast<std::int64_t>(kMostBytes / (2 * most));
  return std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(fit, 1));
}

StagedRun::StagedRun(const Graph& graph, const CalibrationSet& set, std::int64_t examples, int threads)
    : state_(new State{.graph = graph, .uses = Uses(graph), .examples = examples, .threads = threads}) {
  State& s = *state_;
  assert(examples > 0 && examples <= set.size());
  s.buffers.resize(graph.values.size());
  s.readers.resize(graph.values.size());
  for (const Node& node : graph.nodes) {
    std::vector<ValueId> read = node.inputs;
    std::ranges::sort(read, {}, &ValueId::index);
    read.erase(std::ranges::unique(read).begin(), read.end());
    for (const ValueId v : read) {
      if (v.valid()) ++s.readers[v.index];
    }
  }
  for (const ValueId v : graph.outputs) ++s.readers[v.index];  // kept to the end
  auto& inputs = s.buffers[graph.inputs[0].index];
  for (std::int64_t e = 0; e < examples; ++e) {
    const auto bytes = std::as_bytes(set.example(e * set.size() / examples));
    inputs.emplace_back(bytes.begin(), bytes.end());
  }
}
StagedRun::~StagedRun() = default;
StagedRun::StagedRun(StagedRun&&) noexcept = default;

std::int64_t StagedRun::examples() const { return state_->examples; }

Status StagedRun::run_until(NodeId end) {
  for (; state_->next < end.index; ++state_->next) {
    PAW_RETURN_IF_ERROR(state_->run(state_->graph.nodes[state_->next]));
  }
  return {};
}

void StagedRun::read(ValueId value, std::int64_t example, std::vector<float>& out) const {
  const Buffer& from = state_->buffers[value.index][static_cast<std::size_t>(example)];
  const TensorType& type = state_->graph.type(value);
  out.resize(static_cast<std::size_t>(type.shape.elements()));
  if (type.dtype == DType::kF32) {
    std::memcpy(out.data(), from.data(), from.size());
    return;
  }
  const float scale = type.quant->scale[0];
  const std::int32_t zero = type.quant->zero_point[0];
  const bool bytes = type.dtype == DType::kI8;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int32_t stored =
        bytes ? static_cast<std::int8_t>(from[i])
              : static_cast<std::int32_t>(load_element(type.dtype, from.data(), static_cast<std::int64_t>(i)));
    out[i] = static_cast<float>(stored - zero) * scale;
  }
}

Status walk_layers(Graph& changing, const Graph& graph, const CalibrationSet& examples, const LayerWalk& walk,
                   const QuantiseProgress& progress, const LayerVisit& visit) {
  const std::vector<NodeId> layers = layers_of(changing), originals = layers_of(graph);
  if (layers.size() != originals.size()) {
    return fail(ErrorCode::kInternal, "quantize", "the quantised graph has other layers than the float graph");
  }
  const std::int64_t count = affordable_examples(graph, std::min(walk.examples, examples.size()));
  StagedRun inputs(changing, examples, count, walk.threads), targets(graph, examples, count, walk.threads);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    say(progress, walk.stage, static_cast<std::int64_t>(i), std::ssize(layers));
    PAW_RETURN_IF_ERROR(inputs.run_until(layers[i]));
    PAW_RETURN_IF_ERROR(targets.run_until(NodeId(originals[i].index + 1)));
    PAW_RETURN_IF_ERROR(visit(layers[i], originals[i], inputs, targets));
  }
  return verify(changing);
}

}  // namespace paw
