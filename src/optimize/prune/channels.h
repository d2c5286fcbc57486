// Whole channels go, so that every runtime computes less: the graph gets narrower.
#pragma once

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/quantize/progress.h"

namespace paw {

struct ChannelSettings {
  int percent = 50;  // of the multiply-accumulates that go
  int threads = 1;   // the result does not depend on it
};

struct PrunedChannels {
  Graph graph;
  std::int64_t macs_before = 0, macs_after = 0;
  std::int64_t groups = 0;  // of channels that could go
};

// `graph` in export form, float32, with one input. Channels are removed one after the other where the net's answers
// for the examples change least for the arithmetic that is saved, as the errors in what their readers put out change
// them (answer_effects.h), the readers' other weights making up for what they can (optimal brain surgeon, Hassibi &
// Stork 1993, by channel); then every layer's weights are fitted to
// what the float layer puts out, on what it really reads now (He et al. 2017, section 3.2). Widths stay multiples of
// eight. No training. kUnsupported: no group of channels can go, or they hold less arithmetic than asked for; both are
// said in numbers. kBadData: no examples.
Result<PrunedChannels> prune_channels(const Graph& graph, const CalibrationSet& examples,
                                      const ChannelSettings& settings, const QuantiseProgress& progress = {});

}  // namespace paw
