// Where channels can be scaled: values that only layers with weights make and read.
#pragma once

#include <vector>

#include "optimize/quantize/layers.h"

namespace paw {

struct ChannelSite {
  std::vector<ValueId> values;  // in the order of their nodes
  std::vector<NodeId> makers;   // layers that put out one of them
  std::vector<NodeId> readers;  // layers that read one of them
  std::int64_t channels = 0;
  double bound = 0;     // least upper bound of a clamp among them; 0: none
  bool linear = false;  // layers and sums alone: may be shifted
};

// Values that hang together through relu, relu6, clamps from 0, sums, pools, means over pixels and changes of shape
// that keep the channels: multiplying channel c of all by a positive number changes nothing else. All makers and
// readers are layers whose weights nobody else reads; the graph's inputs and outputs belong to no site.
std::vector<ChannelSite> channel_sites(const Graph& graph);

}  // namespace paw
