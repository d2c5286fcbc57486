// The smallest weights become zero.
#pragma once

#include "ir/graph.h"
#include "optimize/prune/sparsity_pattern.h"

namespace paw {

// In each conv2d and fully_connected with constant weights, those that `pattern` chooses become zero, by the magnitude
// (Han et al. 2015) relative to their output channel's: a batch norm that became part of the weights has scaled all of
// a channel's alike. Marked sparse. Depthwise layers stay: they hold few weights, and so do layers that the pattern
// does not fit. kUnsupported: a pattern out of range.
Status prune_magnitude(Graph& graph, const SparsityPattern& pattern);

}  // namespace paw
