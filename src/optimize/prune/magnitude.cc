#include "optimize/prune/magnitude.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "ir/rewriter.h"
#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"

namespace paw {

namespace {

constexpr std::size_t kGroup = 4, kZerosOfGroup = 2;
constexpr int kMostBlock = 16;

// The `count` blocks of `block` elements with the least sum of squares become zero.
void drop_smallest(std::span<float> weights, std::size_t count, std::size_t block = 1) {
  std::vector<double> squares(weights.size() / block);
  for (std::size_t i = 0; i < weights.size(); ++i) squares[i / block] += double{weights[i]} * double{weights[i]};
  std::vector<std::uint32_t> order(squares.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(squares[i], i); });
  for (std::size_t i = 0; i < count; ++i) std::ranges::fill(weights.subspan(order[i] * block, block), 0.0F);
}

// Every layer's weights through `prune`, marked with `group`; those for which it returns false stay.
Status prune_layers(Graph& graph, std::int32_t group,
                    const std::function<bool(std::vector<float>&, const Shape&)>& prune) {
  Rewriter edits(graph);
  std::vector<ValueId> done(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!has_float_weights(graph, node) || node.op == &op::depthwise_conv2d) continue;
    ValueId& pruned = done[node.inputs[1].index];
    if (!pruned.valid()) {
      const Tensor weights = graph.tensor(node.inputs[1]);
      const auto from = weights.as<float>();
      std::vector<float> values(from.begin(), from.end());
      const Shape& shape = weights.type.shape;
      if (!prune(values, shape)) continue;
      Encoding sparse{.kind = Encoding::Kind::kSparse, .group = group};
      if (group != 0) sparse.axis = shape.rank() - 1;
      pruned = edits.constant(Tensor::f32(shape, values), {}, sparse);
    }
    edits.set_input(NodeId(i), 1, pruned);
  }
  const auto finished = edits.finish();
  return finished ? Status{} : std::unexpected(finished.error());
}

}  // namespace

Status prune_smallest(Graph& graph, int percent, int block) {
  if (percent < 1 || percent > 99) {
    return fail(ErrorCode::kUnsupported, "prune", std::to_string(percent) + " percent", "choose 1 to 99");
  }
  if (block < 1 || block > kMostBlock) {
    return fail(ErrorCode::kUnsupported, "prune", "blocks of " + std::to_string(block) + " weights", "choose 1 to 16");
  }
  return prune_layers(graph, 0, [&](std::vector<float>& weights, const Shape& shape) {
    if (shape.back() % block != 0) return false;
    const auto size = static_cast<std::size_t>(block);
    drop_smallest(weights, weights.size() / size * static_cast<std::size_t>(percent) / 100, size);
    return true;
  });
}

Status prune_two_of_four(Graph& graph) {
  return prune_layers(graph, kGroup, [](std::vector<float>& weights, const Shape& shape) {
    if (shape[shape.rank() - 1] % static_cast<std::int64_t>(kGroup) != 0) return false;
    for (std::size_t i = 0; i < weights.size(); i += kGroup) {
      drop_smallest(std::span(weights).subspan(i, kGroup), kZerosOfGroup);
    }
    return true;
  });
}

}  // namespace paw
