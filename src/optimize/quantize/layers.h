// Layers with weights, seen alike: conv2d, depthwise_conv2d and fully_connected.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"
#include "ir/op_def.h"

namespace paw {

// A layer's weights as a matrix: row o holds what output channel o multiplies `columns` inputs with. For a depthwise
// layer these are the taps of its one channel; else [KH][KW][C / groups], as the weights lie.
struct LayerMatrix {
  std::size_t rows = 0, columns = 0;
  bool depthwise = false;

  // Where element (o, k) lies in the weights.
  std::size_t at(std::size_t o, std::size_t k) const { return depthwise ? k * rows + o : o * columns + k; }
};

// conv2d, depthwise_conv2d and fully_connected whose weights are known: constants, maybe behind a dequantize or cast.
bool is_layer(const Graph& graph, const Uses& uses, const Node& node);
// The layers of a graph, in order.
std::vector<NodeId> layers_of(const Graph& graph);
LayerMatrix layer_matrix(const Graph& graph, NodeId layer);

// The constant behind input 1 of a layer, past a dequantize or cast.
ValueId stored_weights(const Graph& graph, const Uses& uses, const Node& layer);

// Real numbers of weights as rows, [rows][columns].
std::vector<double> weight_rows(const Tensor& weights, const LayerMatrix& matrix);
// And back.
std::vector<double> weights_of_rows(std::span<const double> rows, const LayerMatrix& matrix);

void set_constant(Graph& graph, ValueId constant, const Tensor& tensor);
// Real numbers as the bias of a layer: integers at input scale times weight scale where it is quantised. Nothing when
// it has none, or shares it.
void set_layer_bias(Graph& graph, const Uses& uses, NodeId layer, const std::vector<double>& bias);

}  // namespace paw
