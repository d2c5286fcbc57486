// A graph of integers as a graph of floats that are rounded wherever it rounds (Jacob et al. 2018, section 3): what
// training sees of it, and how what was trained becomes integers again.
#pragma once

#include "ir/graph.h"

namespace paw {

// `quantised` as static_int8() makes it of `floats`: the same layers in the same order. Same inputs and outputs, if
// these are float32. Each number of the result is what an integer of `quantised` stands for: x is stored as
// round(clamp(x / s)) and read as s times that, weights and biases alike, by ordinary nodes through which gradients
// pass where nothing was clamped. Weights begin as those of `floats`, biases as they were corrected. Scales and zero
// points stay what they are. kUnsupported: other layers, or an input that is no float32.
Result<Graph> simulate(const Graph& quantised, const Graph& floats);

// The weights and biases of `simulation`, which was made of `quantised` and may have been trained and pruned of other
// nodes since, as the integers that they are rounded to in it.
Status take_trained(Graph& quantised, const Graph& simulation);

}  // namespace paw
