// In which order the channels of each group should go, and what each then costs.
#pragma once

#include <vector>

#include "base/error.h"
#include "optimize/calibration.h"
#include "optimize/prune/channel_groups.h"
#include "optimize/quantize/progress.h"

namespace paw {

struct Removal {
  std::vector<std::int64_t> order;  // the cheapest first
  std::vector<double> cost;  // of each: what it adds to the squared error of the reader, as a share of its result
  std::int64_t least = 0;    // channels that are never removed
};

// By the reader with the most arithmetic; what it costs the others is taken to be as much, and
// an error in what many layers read goes through all of them: the cost counts as often as the square of their number.
// See prune_channels().
Result<std::vector<Removal>> plan_removals(const Graph& graph, const std::vector<ChannelGroup>& groups,
                                           const CalibrationSet& examples, int threads,
                                           const QuantiseProgress& progress);

}  // namespace paw
