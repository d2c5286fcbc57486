// Weights that are stored small: the engine computes with them at full width.
#pragma once

#include "ir/graph.h"

namespace paw {

// Constants behind dequantize or a widening cast become float32 constants, and so do quantised weights (and biases)
// that a layer reads beside float32 activations. The graph may then hold values that nothing reads.
void decompress(Graph& graph);

}  // namespace paw
