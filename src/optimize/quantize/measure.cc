#include "optimize/quantize/measure.h"

#include <algorithm>

#include "ops/ops.h"

namespace paw {

namespace {

// What integers need a range for.
std::vector<bool> measured_values(const Graph& graph, const ScaleGroups& groups, const std::vector<bool>& keep_float) {
  std::vector<bool> out(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!becomes_integer(graph, NodeId(i), keep_float)) continue;
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const ValueId v : *list) {
        if (v.valid() && !graph.is_constant(v) && !groups.hidden[v.index]) out[v.index] = true;
      }
    }
  }
  return out;
}

void join(Observation& to, const Observation& from) {
  to.range.add(from.range);
  to.moving.add(from.moving);
  to.histogram.add(from.histogram);
}

}  // namespace

Result<std::vector<Observation>> observe(const Graph& graph, const CalibrationSet& examples, int threads,
                                         RangeMeterOptions options, std::string_view stage,
                                         const QuantiseProgress& progress) {
  PAW_ASSIGN_OR_RETURN(RangeMeter meter, RangeMeter::create(graph, threads, std::move(options)));
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    say(progress, stage, i, examples.size());
    std::ranges::copy(examples.example(i), meter.input(0).begin());
    PAW_RETURN_IF_ERROR(meter.run());
  }
  return meter.observations();
}

Result<GroupRanges> measure_groups(const Graph& graph, const CalibrationSet& examples, RangeEstimator estimator,
                                   const std::vector<bool>& keep_float, int threads, const QuantiseProgress& progress) {
  const ScaleGroups groups = scale_groups(graph, keep_float);
  PAW_ASSIGN_OR_RETURN(
      const std::vector<Observation> seen,
      observe(graph, examples, threads,
              {.histograms = true, .channels = false, .watched = measured_values(graph, groups, keep_float)},
              "measuring ranges", progress));
  std::vector<Observation> joined(seen.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].range.seen()) join(joined[groups.group[i]], seen[i]);
  }
  std::vector<bool> whole(seen.size());
  for (const ValueId input : graph.inputs) whole[groups.group[input.index]] = true;
  // Of what a softmax reads, and of results, the rare large numbers are the answer: clipping them costs little squared
  // error and much of the scores.
  const bool automatic = estimator == RangeEstimator::kAutomatic;
  for (const Node& node : graph.nodes) {
    if (automatic && node.op == &op::softmax) whole[groups.group[node.inputs[0].index]] = true;
  }
  for (const ValueId output : graph.outputs) {
    if (automatic) whole[groups.group[output.index]] = true;
  }
  GroupRanges out{.ranges = ValueRanges(seen.size()),
                  .estimators = std::vector(seen.size(), estimator),
                  .seen = {},
                  .free = std::vector<bool>(seen.size())};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::size_t group = groups.group[i];
    const RangeEstimator used = whole[group]                              ? RangeEstimator::kMinMax
                                : estimator == RangeEstimator::kAutomatic ? RangeEstimator::kMse
                                                                          : estimator;
    out.estimators[i] = used;
    out.free[group] = automatic && !whole[group];
    if (i == group) out.ranges[i] = estimate_range(joined[group], used);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) out.ranges[i] = out.ranges[groups.group[i]];
  out.seen = std::move(joined);
  return out;
}

}  // namespace paw
