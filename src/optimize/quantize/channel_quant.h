// Symmetric integer weights with one scale per output channel.
#pragma once

#include <span>

#include "ir/graph.h"
#include "ir/op_def.h"

namespace paw {

// Is this an op whose weights (input 1) are quantised by channel? The axis of its output channels; -1: no.
std::int32_t channel_axis(const OpDef* op);

// Is this such an op, in float32, with constant weights?
bool has_float_weights(const Graph& graph, const Node& node);

// `weights` (float constant) as integers of `dtype` within [-limit, limit], where limit is the type's highest. The
// scale of channel c is at least least[c] (empty: no bound); of a channel of zeros, that or 1. `per_channel` false: one
// scale for all.
Tensor quantised_weights(const Tensor& weights, DType dtype, std::int32_t axis, std::span<const float> least,
                         bool per_channel = true);

}  // namespace paw
