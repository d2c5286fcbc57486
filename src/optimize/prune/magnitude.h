// The smallest weights become zero.
#pragma once

#include "ir/graph.h"

namespace paw {

// In each conv2d and fully_connected with constant weights, `percent` (1 to 99) of the weights with the least magnitude
// become zero (Han et al. 2015), the earlier of equals; marked sparse. Depthwise layers stay: they hold few weights.
// `block` (1 to 16): so many successive weights along the last axis, the input channels, go together, those with the
// least sum of squares; layers whose input channels are no multiple of it stay. kUnsupported: another number.
Status prune_smallest(Graph& graph, int percent, int block = 1);

// In the same layers, the two smallest of any four weights in a row along the input channels (Mishra et al. 2021).
// Layers whose input channels are no multiple of four stay.
Status prune_two_of_four(Graph& graph);

}  // namespace paw
