#include "lower/decompress.h"

#include "ops/ops.h"

namespace paw {

namespace {

// The real numbers in float32, one rounding each.
Bytes widened(const Tensor& t) {
  const std::int64_t count = t.type.shape.elements();
  AlignedBuffer out(static_cast<std::size_t>(count) * sizeof(float));
  const std::span<float> to = out.as<float>();
  for (std::int64_t i = 0; i < count; ++i) {
    double real = load_element(t.type.dtype, t.data.data(), i);
    if (t.type.quant) {
      const std::size_t q = quant_index(t.type, i);
      real = (real - t.type.quant->zero_point[q]) * static_cast<double>(t.type.quant->scale[q]);
    }
    to[static_cast<std::size_t>(i)] = static_cast<float>(real);
  }
  return Bytes(std::move(out));
}

bool is_real_constant(const Graph& graph, ValueId v) {
  return graph.is_constant(v) && graph.type(v).is_real() && graph.type(v).dtype != DType::kF64;
}

// Makes the node's result a constant.
bool fold(Graph& graph, const Node& node) {
  if (node.op != &op::dequantize && node.op != &op::cast) return false;
  const ValueId x = node.inputs[0], y = node.outputs[0];
  if (!is_real_constant(graph, x) || graph.type(y).dtype != DType::kF32) return false;
  graph[y].constant = widened(graph.tensor(x));
  return true;
}

bool is_layer(const OpDef* op) {
  return op == &op::conv2d || op == &op::depthwise_conv2d || op == &op::fully_connected;
}

void widen_weights(Graph& graph, Node& node) {
  if (!is_layer(node.op) || graph.type(node.inputs[0]).dtype != DType::kF32) return;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const ValueId operand = node.inputs[i];
    if (!is_real_constant(graph, operand) || graph.type(operand).dtype == DType::kF32) continue;
    graph.values.push_back({.name = {},
                            .type = {DType::kF32, graph.type(operand).shape},
                            .constant = widened(graph.tensor(operand)),
                            .encoding = {}});
    node.inputs[i] = ValueId(graph.values.size() - 1);
  }
}

}  // namespace

void decompress(Graph& graph) {
  std::erase_if(graph.nodes, [&](const Node& node) { return fold(graph, node); });
  for (Node& node : graph.nodes) widen_weights(graph, node);
}

}  // namespace paw
