#include "optimize/quantize/ranges.h"

#include <cmath>

#include "lower/lower.h"
#include "runtime/executor.h"

namespace paw {

struct RangeMeter::State {
  const Graph* graph = nullptr;
  std::vector<ValueId> watched;  // of each output of the plan
  Bytes file;
  Plan plan;
  std::unique_ptr<Executor> executor;
  ValueRanges ranges;

  Status take(ValueId value, std::span<const float> numbers) {
    ValueRange& range = ranges[value.index];
    for (const float v : numbers) {
      if (!std::isfinite(v)) {
        return fail(ErrorCode::kBadData, graph->label(value),
                    "is " + std::string(std::isnan(v) ? "not a number" : "infinite") + " for one of the photos",
                    "a model that overflows cannot be quantised; check its training");
      }
      range.add(v);
    }
    return {};
  }
};

RangeMeter::RangeMeter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RangeMeter::~RangeMeter() = default;
RangeMeter::RangeMeter(RangeMeter&&) noexcept = default;
RangeMeter& RangeMeter::operator=(RangeMeter&&) noexcept = default;

Result<RangeMeter> RangeMeter::create(const Graph& graph, int threads) {
  auto state = std::make_unique<State>();
  state->graph = &graph;
  state->ranges.resize(graph.values.size());
  // Every value is an output: kept until the end of a run.
  Graph watched = graph;
  watched.outputs.clear();
  for (const Node& node : graph.nodes) {
    for (const ValueId output : node.outputs) {
      if (graph.type(output).dtype != DType::kF32) continue;
      state->watched.push_back(output);
      watched.outputs.push_back(output);
    }
  }
  PAW_ASSIGN_OR_RETURN(state->file, lower(watched, {.deploy_passes = false, .group = false}));
  PAW_ASSIGN_OR_RETURN(state->plan, Plan::load(state->file, "the plan to measure with"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  state->executor = std::make_unique<Executor>(state->plan, isa, threads);
  return RangeMeter(std::move(state));
}

std::span<float> RangeMeter::input(std::size_t i) {
  const auto count = static_cast<std::size_t>(state_->plan.inputs()[i].type.shape.elements());
  return {static_cast<float*>(state_->executor->input(i)), count};
}

Status RangeMeter::run() {
  // Before the run: it may write over inputs.
  for (std::size_t i = 0; i < state_->graph->inputs.size(); ++i) {
    if (state_->graph->type(state_->graph->inputs[i]).dtype != DType::kF32) continue;
    PAW_RETURN_IF_ERROR(state_->take(state_->graph->inputs[i], input(i)));
  }
  state_->executor->run();
  for (std::size_t i = 0; i < state_->watched.size(); ++i) {
    const auto count = static_cast<std::size_t>(state_->plan.outputs()[i].type.shape.elements());
    PAW_RETURN_IF_ERROR(
        state_->take(state_->watched[i], {static_cast<const float*>(state_->executor->output(i)), count}));
  }
  return {};
}

const ValueRanges& RangeMeter::ranges() const { return state_->ranges; }

}  // namespace paw
