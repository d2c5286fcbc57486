// What the lowerings of two-operand ops share.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "lower/lowering.h"

namespace paw {

// How the operands of a node broadcast to its result, axes joined. The function is left open.
BinaryF32 binary_grid(const Graph& graph, const Node& node);

}  // namespace paw
