// Channels made alike: what a layer puts out per channel is scaled and shifted, and the layers behind undo it, so that
// one scale for all channels fits each of them (Nagel et al. 2019, sections 4.1 and 4.2.1; here chosen by the expected
// noise of the integers rather than by the weights' ranges).
//
//   conv(x; W, b) -> relu6 -> conv(.; V, c)   =>   conv(x; s W, s b) -> relu6 -> conv(.; V / s, c)
//
// A clamp at 6 stays one at 6: channels that never come near it may only grow, up to it. Sums take part when all their
// terms do, with one scale per channel for all of them. Shifts pass through layers and sums alone.
#pragma once

#include "ir/graph.h"
#include "optimize/quantize/ranges.h"

namespace paw {

struct EqualiseSettings {
  bool scales = true, shifts = true;
  double highest_weight = 127;  // integers of the weights
  double steps = 255;           // integers of the activations; 0: they stay float, weights alone are equalised
};

// `seen` with channels, by value id, of this graph. Weights and biases change, nothing else does. How many channels
// were scaled. Results are the same but for rounding, and for channels that exceed what was seen under a clamp.
Result<std::int64_t> equalise(Graph& graph, const std::vector<Observation>& seen, const EqualiseSettings& settings);

}  // namespace paw
