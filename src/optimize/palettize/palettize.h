// Weights of layers as indices into a palette.
#pragma once

#include <string>

#include "ir/graph.h"

namespace paw {

// The weights of conv2d, depthwise_conv2d and fully_connected become at most 2^bits values per tensor, those with the
// least squared error, and are marked so (Encoding::kPalette). Depthwise weights, few but each of them heavy, get
// palettes of at least 6 bits. Weights of fewer elements than a palette pays for stay as they are. Zeros that are
// marked sparse stay zero: a palette holds them as one of its values. `group` > 0: so many successive output channels
// share a palette; the largest divisor of the layer's channels below that where they are no multiple. Where palettes,
// 16 bits a value, would take more than the indices into them, more channels share one, if need be all.
// kUnsupported: `bits` outside 1 to 8, or a negative `group`.
Status palettize(Graph& graph, int bits, int group = 0);

// What to say about layers whose palettes are shared by another number of channels than `group`; empty: nothing.
std::string other_palette_groups(const Graph& graph, int group);

}  // namespace paw
