// Weights of layers as indices into a palette.
#pragma once

#include "ir/graph.h"

namespace paw {

// The weights of conv2d, depthwise_conv2d and fully_connected become at most 2^bits values per tensor, those with the
// least squared error, and are marked so (Encoding::kPalette). Depthwise weights, few but each of them heavy, get
// palettes of at least 6 bits. Weights of fewer elements than a palette pays for stay as they are. Zeros that are
// marked sparse stay zero: a palette holds them as one of its values. kUnsupported: `bits` outside 1 to 8.
Status palettize(Graph& graph, int bits);

}  // namespace paw
