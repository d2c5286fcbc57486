// The forms that a net's weights and activations may be stored in, made plainly: what is tested is how files hold them,
// not how well they were chosen.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace paw::tflite_testing {

// Weights of convolutions and dense layers as `dtype` (f16, i8 or i4), and back to f32 by a node: cast or dequantize.
Graph stored_weights(const Graph& graph, DType dtype);
// The integers straight into the layers; depthwise ones, which may not be i4, stay f32 then.
Graph dynamic_weights(const Graph& graph, DType dtype, bool per_channel);
// All values of `activations` (i8, u8 or i16): ranges as seen on a few random inputs in [-1, 1).
Result<Graph> static_integers(const Graph& graph, DType activations, bool per_channel = true);
// The smallest three quarters of the weights of each layer become zero, and are marked as sparse.
Graph pruned(const Graph& graph);

// Layers of every kind, small enough to be run thousands of times; large enough for sparse weights to be worth it.
Graph tiny_net();

struct Form {
  std::string name;
  Graph graph;
};
// Every form that a net without hard_sigmoid and silu has.
Result<std::vector<Form>> all_forms(const Graph& graph);

}  // namespace paw::tflite_testing
