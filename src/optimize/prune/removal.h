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
  std::vector<double> cost;         // of each: what its going adds to the squared change of the answers
  std::int64_t least = 0;           // channels that are never removed
};

// By all that read them: what the answers (answer_effects.h) change by the error in what each reader puts out, its
// other weights making up for what they can. See prune_channels(). kUnsupported: an op without a gradient.
Result<std::vector<Removal>> plan_removals(const Graph& graph, const std::vector<ChannelGroup>& groups,
                                           const CalibrationSet& examples, int threads,
                                           const QuantiseProgress& progress);

}  // namespace paw
