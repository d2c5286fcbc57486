// What rounding a layer's weights does to the mean of its result, taken back by its bias.
#pragma once

#include "ir/graph.h"
#include "optimize/quantize/ranges.h"

namespace paw {

// b += sum((w - q) E[x]) per channel, E[x] being what the float layers read on average (Nagel et al. 2019, section 4.2;
// the means are observed instead of derived from batch norm). `quantised` was made of `graph`: it has the same layers
// in the same order; `seen` is of `graph`, with channels. Grouped convolutions stay as they are.
Status correct_biases(Graph& quantised, const Graph& graph, const std::vector<Observation>& seen);

// Weights and biases of the layers of `from` into those of `to`, which has the same layers with weights of the same
// types; biases are requantised.
Status copy_layers(const Graph& from, Graph& to);

}  // namespace paw
