// A graph whose numbers are stored small as a graph of floats that training may move only as what is stored can:
// integers round (Jacob et al. 2018, section 3), zeros stay, and weights that share a value of a palette move together
// (Han et al. 2016, section 3.3). And how what was trained is stored again.
#pragma once

#include "ir/graph.h"

namespace paw {

// `small` as static_int8(), palettize() or pruning make it of `floats`, or `floats` itself: the same layers in the same
// order. Same inputs and outputs, if these are float32. Each number of the result is what `small` stores, by ordinary
// nodes through which gradients pass:
// - an integer: x is stored as round(clamp(x / s)) and read as s times that, weights and biases alike; scales and zero
//   points stay what they are, and where x was clamped no gradient passes;
// - weights marked sparse: w times a mask of those that are not zero;
// - weights with a palette: one value for each entry, [groups, entries], read by index; a zero stays zero.
// Integers begin as the weights of `floats`, biases as they were corrected, all else as it is stored. kUnsupported:
// other layers, or an input that is no float32.
Result<Graph> simulate(const Graph& small, const Graph& floats);

// The weights and biases of `simulation`, which was made of `small` and may have been trained and pruned of other nodes
// since, as they are stored: integers rounded as in it, values of palettes as numbers that float16 holds.
Status take_trained(Graph& small, const Graph& simulation);

}  // namespace paw
