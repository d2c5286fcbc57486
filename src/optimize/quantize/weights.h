// Weights stored small. Changed are the constant weights of conv2d, depthwise_conv2d and fully_connected; biases stay
// float32: they are few, and their errors would add to every pixel.
#pragma once

#include "ir/graph.h"

namespace paw {

// As f16, behind a cast to f32. Weights with a number outside of f16's range stay.
Status weights_to_f16(Graph& graph);

// As i8 ([-127, 127]) or i4 ([-7, 7]), one scale per output channel. `dequantize`: behind a dequantize to f32; else
// straight into the layer beside float32 activations (dynamic range). i4 is for pointwise and dense layers; with it,
// weights of other layers, few and each of them felt, become i8 (and LiteRT runs no i4 depthwise layer beside float32).
// `block`: with i4, so many weights in a row along the input channels share a scale, or as many as the largest divisor
// of those below; 0: all of an output channel. Error: another type.
Status weights_to_int(Graph& graph, DType dtype, bool dequantize, std::int32_t block = 0);

}  // namespace paw
