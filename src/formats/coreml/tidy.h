// What a file says in several ops although the graph has one for it.
#pragma once

#include "base/error.h"
#include "ir/graph.h"

namespace paw::coreml {

// Exact but for rounding:
//   mul(x, hard_sigmoid(x))                         hard_swish(x)
//   mul(x, sigmoid(x))                              silu(x)
//   log(softmax(x))                                 log_softmax(x)
//   maximum(x, number), minimum(x, number)          clamp(x)
//   reshape(fully_connected(reshape(x)))            fully_connected(x), over more axes
//   reshape(add(reshape(x), numbers of its last axis))   add(x, numbers); mul as well
//   broadcast_to(expand_dims(x)), new axes first    broadcast_to(x)
//   matmul(x, cast of a constant, transposed)       fully_connected(x)
//   add(fully_connected(x), numbers of its last axis)    fully_connected(x) with a bias
//   reshape(reshape(x))                             reshape(x), or x
// Then nodes that no output needs go.
Status tidy(Graph& graph);

}  // namespace paw::coreml
