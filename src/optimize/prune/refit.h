// Layers of a graph that lost channels, fitted to what those of the whole graph put out.
#pragma once

#include "optimize/calibration.h"
#include "optimize/prune/channel_groups.h"
#include "optimize/quantize/progress.h"

namespace paw {

// `pruned` is without_channels(graph, groups, kept). One layer after the other gets the weights and the bias with the
// least squared error, for what it really reads, to what the same channels of the whole layer give; held near the
// weights it has by a ridge.
Status refit_layers(Graph& pruned, const Graph& graph, const std::vector<ChannelGroup>& groups,
                    const std::vector<std::vector<std::int64_t>>& kept, const CalibrationSet& examples, int threads,
                    const QuantiseProgress& progress);

}  // namespace paw
