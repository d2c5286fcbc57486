// Ops on integers as Core ML has them: on floats, between quantize and dequantize.
#pragma once

#include "ir/graph.h"

namespace paw::coreml {

// Does an op of the graph compute on quantised activations? Weights alone do not count, nor quantize and dequantize.
bool has_integer_ops(const Graph& graph);

// The same graph with each such op computing on the floats that its operands stand for, and its result quantised again
// as the graph says: weights become dequantised constants, biases floats. A clamp behind a layer of the same scale is
// applied before that, which gives the same integers. Requantising is dequantize and quantize. Numbers differ from
// those of the integer ops by what these round on their way, at most a step.
Result<Graph> ops_in_floats(const Graph& graph);

}  // namespace paw::coreml
