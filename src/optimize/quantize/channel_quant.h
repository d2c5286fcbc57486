// Symmetric integer weights with one scale per output channel.
#pragma once

#include <optional>
#include <span>

#include "ir/graph.h"
#include "ir/op_def.h"

namespace paw {

// Is this an op whose weights (input 1) are quantised by channel? The axis of its output channels; -1: no.
std::int32_t channel_axis(const OpDef* op);

// Is this such an op, in float32, with constant weights?
bool has_float_weights(const Graph& graph, const Node& node);

// That a constant is sparse, for what it is stored as: 0 stays 0 as float16 and as symmetric integers. Nothing of 2 in
// 4: what training makes of it may have others.
std::optional<Encoding> sparse_mark(const Graph& graph, ValueId constant);

// A scale that integers can have: at least `least`; 1 where that is no normal number.
float usable_scale(double scale, float least = 0);

// The largest divisor of `extent` that is no more than `most`, both 1 or more.
std::int64_t divisor_within(std::int64_t extent, std::int64_t most);

// `weights` (float constant) as integers of `dtype` within [-limit, limit], where limit is the type's highest. The
// scale of channel c is at least least[c] (empty: no bound); of a channel of zeros, that or 1. `per_channel` false: one
// scale for all.
Tensor quantised_weights(const Tensor& weights, DType dtype, std::int32_t axis, std::span<const float> least,
                         bool per_channel = true);

// The same with a scale for every `block` weights in a row along the last axis, whose extent `block` divides.
Tensor quantised_blocks(const Tensor& weights, DType dtype, std::int32_t block);

// The least scale of a row of weights of an integer layer, from the scales of its input and result. Each bias takes no
// more than 30 bits, so that sums have room beside it; and a sum's factor x_scale * scale / y_scale is at least 2^-31:
// XNNPACK refuses layers with factors below 2^-32.
float least_weight_scale(double bias, double x_scale, double y_scale);

}  // namespace paw
