// Graphs with 16-bit activations as float32 arithmetic: the engine has no integer steps for them.
#pragma once

#include "ir/graph.h"

namespace paw {

// Every node that reads or makes an i16 tensor computes in float32, on weights and biases at full width; what it makes
// is rounded to the steps of its scale (nearest even) and cut off at 16 bits, as the integers are. A layer's sum in
// float32 has 24 bits where the integers have 64: a result may be one step off. Inputs and outputs of type i16 become
// f32. Other graphs stay as they are.
Result<Graph> widen_i16(Graph graph);

}  // namespace paw
