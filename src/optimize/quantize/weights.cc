#include "optimize/quantize/weights.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ir/rewriter.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"

namespace paw {

namespace {

// Layers that mix channels without looking at neighbours: most of a net's weights, and many to a row.
bool is_pointwise(const Graph& graph, const Node& node) {
  if (node.op == &op::fully_connected) return true;
  const Shape& w = graph.type(node.inputs[1]).shape;
  return node.op == &op::conv2d && w[1] == 1 && w[2] == 1;
}

// What stands for a constant, once for all layers that read it.
using Stored = std::unordered_map<std::uint32_t, ValueId>;

constexpr double kMostHalf = 65504;

bool fits_half(const Tensor& t) {
  return std::ranges::all_of(t.as<float>(), [](float v) { return std::abs(v) <= kMostHalf; });
}

}  // namespace

Status weights_to_f16(Graph& graph) {
  Rewriter edits(graph);
  Stored stored;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!has_float_weights(graph, node) || !fits_half(graph.tensor(node.inputs[1]))) continue;
    ValueId& wide = stored[node.inputs[1].index];
    if (!wide.valid()) {
      const Tensor weights = graph.tensor(node.inputs[1]);
      const ValueId half = edits.constant(tensor_from_real({DType::kF16, weights.type.shape}, real_values(weights)), {},
                                          sparse_mark(graph, node.inputs[1]));
      wide = edits.insert(op::cast, {half}, DtypeAttrs{DType::kF32}, node.source);
    }
    edits.set_input(NodeId(i), 1, wide);
  }
  const auto done = edits.finish();
  return done ? Status{} : std::unexpected(done.error());
}

Status weights_to_int(Graph& graph, DType dtype, bool dequantize, std::int32_t block) {
  if (dtype != DType::kI8 && dtype != DType::kI4) {
    return fail(ErrorCode::kUnsupported, "quantize", "weights as " + std::string(name(dtype)) + " are not supported",
                "choose i8 or i4");
  }
  Rewriter edits(graph);
  Stored stored;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!has_float_weights(graph, node)) continue;
    const bool wider = !is_pointwise(graph, node);
    ValueId& small = stored[node.inputs[1].index];
    if (!small.valid()) {
      const Tensor weights = graph.tensor(node.inputs[1]);
      const std::int64_t columns = weights.type.shape.back();
      const bool blocks = !wider && block > 0 && block < columns;
      small = edits.constant(
          blocks ? quantised_blocks(weights, dtype, static_cast<std::int32_t>(divisor_within(columns, block)))
                 : quantised_weights(weights, wider ? DType::kI8 : dtype, channel_axis(node.op), {}),
          {}, sparse_mark(graph, node.inputs[1]));
      if (dequantize) small = edits.insert(op::dequantize, {small}, DtypeAttrs{DType::kF32}, node.source);
    }
    edits.set_input(NodeId(i), 1, small);
  }
  const auto done = edits.finish();
  return done ? Status{} : std::unexpected(done.error());
}

}  // namespace paw
