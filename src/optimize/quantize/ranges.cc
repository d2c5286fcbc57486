#include "optimize/quantize/ranges.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "base/thread_pool.h"
#include "lower/lower.h"
#include "runtime/executor.h"

namespace paw {

namespace {

constexpr float kMovingShare = 0.1f;

// Smallest and largest; false when a number is not finite. In runs of eight, which compilers turn into vectors.
bool find_ends(std::span<const float> numbers, ValueRange& ends) {
  std::array<float, 8> low, high, check{};
  low.fill(INFINITY);
  high.fill(-INFINITY);
  std::size_t i = 0;
  for (; i + 8 <= numbers.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      const float v = numbers[i + k];
      low[k] = v < low[k] ? v : low[k];
      high[k] = v > high[k] ? v : high[k];
      check[k] += v * 0.0f;  // NaN unless finite
    }
  }
  float sum = 0;
  for (std::size_t k = 0; k < 8; ++k) sum += check[k];
  for (; i < numbers.size(); ++i) {
    low[0] = std::min(low[0], numbers[i]);
    high[0] = std::max(high[0], numbers[i]);
    sum += numbers[i] * 0.0f;
  }
  ends = {std::ranges::min(low), std::ranges::max(high)};
  return sum == 0;
}

void add_channels(std::span<const float> numbers, std::vector<ChannelSeen>& channels) {
  const std::size_t count = channels.size();
  std::vector<float> low(count, INFINITY), high(count, -INFINITY);
  std::vector<double> sum(count), squares(count);
  for (std::size_t row = 0; row < numbers.size(); row += count) {
    for (std::size_t c = 0; c < count; ++c) {
      const float v = numbers[row + c];
      low[c] = v < low[c] ? v : low[c];
      high[c] = v > high[c] ? v : high[c];
      sum[c] += v;
      squares[c] += static_cast<double>(v) * v;
    }
  }
  for (std::size_t c = 0; c < count; ++c) {
    channels[c].range.add(ValueRange{low[c], high[c]});
    channels[c].sum += sum[c];
    channels[c].squares += squares[c];
  }
}

}  // namespace

struct RangeMeter::State {
  const Graph* graph = nullptr;
  RangeMeterOptions options;
  std::vector<ValueId> watched;   // graph inputs that are, then what the plan puts out
  std::size_t inputs = 0;         // of them
  std::vector<std::size_t> port;  // of each watched value: the plan's input or output
  Bytes file;
  Plan plan;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<ThreadPool> pool;
  std::vector<Observation> seen;
  std::vector<ValueRange> ends;  // of the last run, of each watched value
  std::vector<char> finite;
  std::vector<std::vector<float>> kept_inputs;
  std::atomic<std::size_t> next{0};

  bool watches(ValueId v) const {
    return graph->type(v).dtype == DType::kF32 && (options.watched.empty() || options.watched[v.index]);
  }
  std::span<const float> numbers(std::size_t i) const {
    if (i < inputs) return kept_inputs[i];
    const std::size_t at = port[i];
    const auto count = static_cast<std::size_t>(plan.outputs()[at].type.shape.elements());
    return {static_cast<const float*>(executor->output(at)), count};
  }
  void take(std::size_t i) {
    const auto all = numbers(i);
    ValueRange& one = ends[i];
    finite[i] = find_ends(all, one);
    if (!finite[i]) return;
    Observation& o = seen[watched[i].index];
    const bool first = !o.range.seen();
    o.range.add(one);
    o.moving = first ? one
                     : ValueRange{o.moving.min + kMovingShare * (one.min - o.moving.min),
                                  o.moving.max + kMovingShare * (one.max - o.moving.max)};
    if (options.histograms) o.histogram.add(all, std::max(std::abs(one.min), std::abs(one.max)));
    if (options.channels) {
      const Shape& shape = graph->type(watched[i]).shape;
      o.channels.resize(static_cast<std::size_t>(shape.rank() == 0 ? 1 : shape.back()));
      o.count += static_cast<std::int64_t>(all.size() / o.channels.size());
      add_channels(all, o.channels);
    }
  }
  // Every value is one thread's.
  static void take_some(void* context, int) {
    auto& state = *static_cast<State*>(context);
    for (std::size_t i = state.next++; i < state.watched.size(); i = state.next++) state.take(i);
  }
};

RangeMeter::RangeMeter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RangeMeter::~RangeMeter() = default;
RangeMeter::RangeMeter(RangeMeter&&) noexcept = default;
RangeMeter& RangeMeter::operator=(RangeMeter&&) noexcept = default;

Result<RangeMeter> RangeMeter::create(const Graph& graph, int threads, RangeMeterOptions options) {
  auto state = std::make_unique<State>();
  state->graph = &graph;
  state->options = std::move(options);
  state->seen.resize(graph.values.size());
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (!state->watches(graph.inputs[i])) continue;
    state->watched.push_back(graph.inputs[i]);
    state->port.push_back(i);
  }
  state->inputs = state->watched.size();
  // Every watched value is an output: kept until the end of a run.
  Graph watched = graph;
  watched.outputs.clear();
  for (const Node& node : graph.nodes) {
    for (const ValueId output : node.outputs) {
      if (!state->watches(output)) continue;
      state->port.push_back(watched.outputs.size());
      state->watched.push_back(output);
      watched.outputs.push_back(output);
    }
  }
  if (watched.outputs.empty()) watched.outputs = graph.outputs;
  state->ends.resize(state->watched.size());
  state->finite.resize(state->watched.size());
  PAW_ASSIGN_OR_RETURN(state->file, lower(watched, {.deploy_passes = false, .group = false}));
  PAW_ASSIGN_OR_RETURN(state->plan, Plan::load(state->file, "the plan to measure with"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  state->executor = std::make_unique<Executor>(state->plan, isa, threads);
  state->pool = std::make_unique<ThreadPool>(threads);
  return RangeMeter(std::move(state));
}

std::span<float> RangeMeter::input(std::size_t i) {
  const auto count = static_cast<std::size_t>(state_->plan.inputs()[i].type.shape.elements());
  return {static_cast<float*>(state_->executor->input(i)), count};
}

Status RangeMeter::run() {
  State& s = *state_;
  // Before the run: it may write over inputs.
  s.kept_inputs.resize(s.inputs);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    const auto from = input(s.port[i]);
    s.kept_inputs[i].assign(from.begin(), from.end());
  }
  s.executor->run();
  s.next = 0;
  s.pool->run(State::take_some, &s);
  for (std::size_t i = 0; i < s.watched.size(); ++i) {
    if (s.finite[i]) continue;
    const auto all = s.numbers(i);
    const bool nan = std::ranges::any_of(all, [](float v) { return std::isnan(v); });
    return fail(ErrorCode::kBadData, s.graph->label(s.watched[i]),
                "is " + std::string(nan ? "not a number" : "infinite") + " for one of the photos",
                "a model that overflows cannot be quantised; check its training");
  }
  return {};
}

ValueRanges RangeMeter::ranges() const {
  ValueRanges out;
  for (const Observation& o : state_->seen) out.push_back(o.range);
  return out;
}

const std::vector<Observation>& RangeMeter::observations() const { return state_->seen; }

std::span<const float> RangeMeter::last(ValueId value) const {
  const auto at = std::ranges::find(state_->watched, value) - state_->watched.begin();
  return state_->numbers(static_cast<std::size_t>(at));
}

}  // namespace paw
