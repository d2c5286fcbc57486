#include "pipeline/net_runner.h"

#include <limits>
#include <map>
#include <string>

#include "lower/lower.h"
#include "passes/passes.h"

namespace paw {

namespace {

// One list per port: as long as the port has elements where those are no floats, else empty.
std::vector<std::vector<float>> real_ports(std::span<const PlanPort> ports) {
  std::vector<std::vector<float>> out(ports.size());
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const TensorType& type = ports[i].type;
    if (type.dtype != DType::kF32) out[i].resize(static_cast<std::size_t>(type.shape.elements()));
  }
  return out;
}

}  // namespace

struct NetRunner::State {
  Graph graph;
  Bytes file;
  Plan plan;
  std::unique_ptr<Executor> executor;
  // Ports that hold integers: their numbers as floats, which callers see; empty where the port holds floats.
  std::vector<std::vector<float>> real_inputs, real_outputs;
  std::vector<NodeId> kept;             // of each output behind the graph's own
  std::map<std::string, double> times;  // ms by source note

  Status load(Bytes bytes, std::string_view where, int threads) {
    file = std::move(bytes);
    PAW_ASSIGN_OR_RETURN(plan, Plan::load(file, where));
    PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
    executor = std::make_unique<Executor>(plan, isa, threads);
    real_inputs = real_ports(plan.inputs());
    real_outputs = real_ports(plan.outputs().first(plan.outputs().size() - kept.size()));
    return {};
  }

  static void on_step(void* context, std::size_t step, std::uint64_t begin, std::uint64_t end) {
    auto& state = *static_cast<State*>(context);
    state.times[std::string(state.plan.steps()[step].source)] += static_cast<double>(end - begin) * 1e-6;
  }
};

namespace {

// As store_element() has it, for a whole picture in a tenth of the time: adding and taking away 1.5 * 2^52 rounds
// halves to even, as a double has no digits behind the point there.
template <class T>
void store_bytes(double scale, std::int32_t zero, std::span<const float> from, T* to) {
  constexpr double kLowest = std::numeric_limits<T>::lowest(), kHighest = std::numeric_limits<T>::max(),
                   kRound = 0x1.8p52;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double real = from[i] / scale + zero, wanted = real == real ? real : 0;
    const double low = wanted > kLowest ? wanted : kLowest, v = low < kHighest ? low : kHighest;
    to[i] = static_cast<T>(static_cast<std::int32_t>((v + kRound) - kRound));
  }
}

// Quantised where the type is; plain integers stand for themselves.
void store_reals(const TensorType& type, std::span<const float> from, void* to) {
  const double scale = type.quant ? static_cast<double>(type.quant->scale[0]) : 1;
  const std::int32_t zero = type.quant ? type.quant->zero_point[0] : 0;
  if (type.dtype == DType::kU8) return store_bytes(scale, zero, from, static_cast<std::uint8_t*>(to));
  if (type.dtype == DType::kI8) return store_bytes(scale, zero, from, static_cast<std::int8_t*>(to));
  for (std::size_t i = 0; i < from.size(); ++i) {
    store_element(type.dtype, static_cast<std::byte*>(to), static_cast<std::int64_t>(i), from[i] / scale + zero);
  }
}
void load_reals(const TensorType& type, const void* from, std::span<float> to) {
  const double scale = type.quant ? static_cast<double>(type.quant->scale[0]) : 1;
  const std::int32_t zero = type.quant ? type.quant->zero_point[0] : 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const double stored = load_element(type.dtype, static_cast<const std::byte*>(from), static_cast<std::int64_t>(i));
    to[i] = static_cast<float>((stored - zero) * scale);
  }
}

// Every node's first result becomes an output, and every node gets a source note of its own.
std::vector<NodeId> keep_all(Graph& graph) {
  std::vector<NodeId> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const NodeId id(i);
    graph.nodes[i].source = std::to_string(i);
    graph.outputs.push_back(graph.nodes[i].outputs[0]);
    kept.push_back(id);
  }
  return kept;
}

}  // namespace

NetRunner::NetRunner(std::unique_ptr<State> state) : state_(std::move(state)) {}
NetRunner::~NetRunner() = default;
NetRunner::NetRunner(NetRunner&&) noexcept = default;
NetRunner& NetRunner::operator=(NetRunner&&) noexcept = default;

Result<NetRunner> NetRunner::create(const Model& model, int threads, bool every_node) {
  auto state = std::make_unique<State>();
  state->graph = model.graph;
  PAW_RETURN_IF_ERROR(run_pipeline(state->graph, *find_pipeline("deploy")));
  Graph running = state->graph;
  if (every_node) state->kept = keep_all(running);
  PAW_ASSIGN_OR_RETURN(Bytes plan, lower(running, {.deploy_passes = false, .group = !every_node}));
  PAW_RETURN_IF_ERROR(state->load(std::move(plan), "the model's plan", threads));
  if (every_node) state->executor->set_profiler({State::on_step, state.get()});
  return NetRunner(std::move(state));
}

Result<NetRunner> NetRunner::of_plan(Bytes plan, std::string_view where, int threads) {
  auto state = std::make_unique<State>();
  PAW_RETURN_IF_ERROR(state->load(std::move(plan), where, threads));
  return NetRunner(std::move(state));
}

std::size_t NetRunner::inputs() const { return state_->plan.inputs().size(); }
std::size_t NetRunner::outputs() const { return state_->plan.outputs().size() - state_->kept.size(); }

std::span<float> NetRunner::input(std::size_t i) {
  if (!state_->real_inputs[i].empty()) return state_->real_inputs[i];
  const auto count = static_cast<std::size_t>(state_->plan.inputs()[i].type.shape.elements());
  return {static_cast<float*>(state_->executor->input(i)), count};
}

void NetRunner::run() {
  state_->times.clear();
  for (std::size_t i = 0; i < state_->real_inputs.size(); ++i) {
    store_reals(state_->plan.inputs()[i].type, state_->real_inputs[i], state_->executor->input(i));
  }
  state_->executor->run();
  for (std::size_t i = 0; i < state_->real_outputs.size(); ++i) {
    load_reals(state_->plan.outputs()[i].type, state_->executor->output(i), state_->real_outputs[i]);
  }
}

std::span<const float> NetRunner::scores(std::size_t output) {
  if (!state_->real_outputs[output].empty()) return state_->real_outputs[output];
  const auto count = static_cast<std::size_t>(state_->plan.outputs()[output].type.shape.elements());
  return {static_cast<const float*>(state_->executor->output(output)), count};
}

const Graph& NetRunner::graph() const { return state_->graph; }

std::vector<NodeResult> NetRunner::results() const {
  std::vector<NodeResult> results;
  for (std::size_t i = 0; i < state_->kept.size(); ++i) {
    const TensorType& type = state_->plan.outputs()[outputs() + i].type;
    const auto* from = static_cast<const std::byte*>(state_->executor->output(outputs() + i));
    const auto time = state_->times.find(std::to_string(state_->kept[i].index));
    results.push_back({state_->kept[i],
                       {type, Bytes::copy_of({from, type.bytes()})},
                       time == state_->times.end() ? 0 : time->second});
  }
  return results;
}

}  // namespace paw
