// When two graphs are the same but for what files do not hold.
#pragma once

#include <string>
#include <string_view>

#include "ir/graph.h"

namespace paw::tflite_testing {

// Without names of values and layers; many equal scales are one.
Graph nameless(Graph graph);
// Nameless, and with ops spelled in one way: after the pipeline `deploy`.
Graph canonical(Graph graph);
// The first nodes that differ; empty: equal.
std::string difference(const Graph& a, const Graph& b);

// EXPECTs that a built-in net with random weights is the same graph when written and read, and the same file when
// written again.
void check_net(std::string_view name);

}  // namespace paw::tflite_testing
