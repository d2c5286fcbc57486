// Reverse-mode differentiation: appends backward nodes to the graph that holds the forward ones.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"

namespace paw {

// Appends to `graph` the nodes that compute d loss / d value for each value of `wrt` (inputs, constants or results),
// and returns their ids (same shapes as the values). `loss` must be a scalar or is summed over its elements. A value
// that loss does not depend on gets zeros. Error kUnsupported: an op on the way has no gradient; names it with its
// reason.
Result<std::vector<ValueId>> autodiff(Graph& graph, ValueId loss, std::span<const ValueId> wrt);

}  // namespace paw
