#include "optimize/quantize/range_search.h"

#include <algorithm>
#include <cmath>

#include "ir/rewriter.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw {

namespace {

constexpr double kWorthChanging = 0.95;
constexpr float kAlike = 0.01f;  // of a range's width: ends closer than that are not tried again

// The graph with values as 8-bit integers of one scale wherever they are read.
Result<Graph> with_rounded(Graph graph, std::span<const ValueId> values, ValueRange range) {
  Rewriter edits(graph);
  for (const ValueId v : values) {
    const ValueId small =
        edits.insert(op::quantize, {v}, DtypeAttrs{DType::kI8}, "range", i8_params(range.min, range.max));
    const ValueId wide = edits.insert(op::dequantize, {small}, DtypeAttrs{DType::kF32}, "range");
    for (const NodeId reader : edits.uses().users(v)) {
      const auto& inputs = edits.graph()[reader].inputs;
      for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
        if (inputs[slot] == v) edits.set_input(reader, slot, wide);
      }
    }
  }
  const auto done = edits.finish();
  if (!done) return std::unexpected(done.error());
  return graph;
}

bool alike(ValueRange a, ValueRange b) {
  const float most = kAlike * (a.max - a.min);
  return std::abs(a.min - b.min) <= most && std::abs(a.max - b.max) <= most;
}

struct Candidate {
  RangeEstimator estimator;
  ValueRange range;
};

// The group's own first, then those that differ from all before.
std::vector<Candidate> candidates(const GroupRanges& ranges, std::size_t group) {
  std::vector<Candidate> out{{ranges.estimators[group], ranges.ranges[group]}};
  for (const RangeEstimator estimator : range_estimators()) {
    const ValueRange range = estimate_range(ranges.seen[group], estimator);
    if (std::ranges::none_of(out, [&](const Candidate& c) { return alike(c.range, range); }))
      out.push_back({estimator, range});
  }
  return out;
}

Result<Candidate> best_of(const std::vector<Candidate>& all, std::span<const ValueId> values,
                          const OutputNoise& noise) {
  Candidate best = all[0];
  double least = 0;
  for (const Candidate& candidate : all) {
    PAW_ASSIGN_OR_RETURN(const Graph changed, with_rounded(noise.scored(), values, candidate.range));
    PAW_ASSIGN_OR_RETURN(const double found, noise.of(changed));
    const bool first = &candidate == &all[0];
    if (!first && found >= least) continue;
    least = first ? kWorthChanging * found : found;
    best = candidate;
  }
  return best;
}

}  // namespace

Status choose_by_output(GroupRanges& ranges, const ScaleGroups& groups, const OutputNoise& noise,
                        const QuantiseProgress& progress) {
  const std::size_t count = ranges.ranges.size();
  std::vector<std::vector<ValueId>> members(count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool counts = ranges.ranges[i].seen() && !groups.hidden[i] && !noise.scored().is_constant(ValueId(i));
    if (counts && ranges.free[groups.group[i]]) members[groups.group[i]].push_back(ValueId(i));
  }
  for (std::size_t group = 0; group < count; ++group) {
    say(progress, "choosing ranges", static_cast<std::int64_t>(group), static_cast<std::int64_t>(count));
    if (members[group].empty()) continue;
    const std::vector<Candidate> all = candidates(ranges, group);
    if (all.size() == 1) continue;
    PAW_ASSIGN_OR_RETURN(const Candidate best, best_of(all, members[group], noise));
    for (std::size_t i = 0; i < count; ++i) {
      if (groups.group[i] != group) continue;
      ranges.ranges[i] = best.range;
      ranges.estimators[i] = best.estimator;
    }
  }
  return {};
}

}  // namespace paw
