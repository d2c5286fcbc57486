// Channels that can only go together: what one layer puts out, what depthwise layers pass on, what other layers read.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace paw {

struct ChannelGroup {
  std::int64_t channels = 0;
  std::vector<NodeId> makers;     // conv2d and fully_connected that put them out
  std::vector<NodeId> depthwise;  // that pass them on, one to one
  std::vector<NodeId> readers;    // conv2d and fully_connected that read them
  std::vector<ValueId> values;    // whose last axis they are
};

// In the order of their first makers. A group's channels may go without anything else changing its shape: all that
// makes or reads them are layers with weights of their own (optimize/quantize/channel_sites.h).
std::vector<ChannelGroup> channel_groups(const Graph& graph);

// `graph` with only the kept channels of each group (ascending indices, at least one). `kept` goes with `groups`.
Result<Graph> without_channels(const Graph& graph, const std::vector<ChannelGroup>& groups,
                               const std::vector<std::vector<std::int64_t>>& kept);

}  // namespace paw
