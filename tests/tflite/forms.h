// The forms that a net's weights and activations may be stored in, made plainly: what is tested is how files hold them,
// not how well they were chosen.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"
#include "reference/interpreter.h"

namespace paw::tflite_testing {

// Weights of convolutions and dense layers as `dtype` (f16, i8 or i4), and back to f32 by a node: cast or dequantize.
Graph stored_weights(const Graph& graph, DType dtype);
// The integers straight into the layers; depthwise ones, which may not be i4, stay f32 then.
Graph dynamic_weights(const Graph& graph, DType dtype, bool per_channel);
// All values of `activations` (i8, u8 or i16): ranges as seen on a few random inputs in [-1, 1).
Result<Graph> static_integers(const Graph& graph, DType activations, bool per_channel = true);
// The smallest three quarters of the weights of each layer become zero, and are marked as sparse. `block`: so many
// along the last axis go together, where it is a multiple.
Graph pruned(const Graph& graph, std::size_t block = 1);

// A layer whose weights are a quarter of their blocks along the last axis, marked as sparse, and inputs to which it
// answers with these weights.
struct BlockedLayer {
  std::string name;  // "conv2d3_f16_b4": a window of 3 x 3, float16, blocks of 4
  Graph graph;
  RefTensor input;
  std::size_t block = 1;
};
// Convolutions of one pixel and of 3 x 3, and dense layers; f32, and f16 and i8 behind a node; blocks of 1 to 16.
Result<std::vector<BlockedLayer>> blocked_layers();

// Layers of every kind, small enough to be run thousands of times; large enough for sparse weights to be worth it.
Graph tiny_net();

struct Form {
  std::string name;
  Graph graph;
};
// Every form that a net without hard_sigmoid and silu has.
Result<std::vector<Form>> all_forms(const Graph& graph);

}  // namespace paw::tflite_testing
