#include "optimize/palettize/palettize.h"

#include <algorithm>

#include "ir/rewriter.h"
#include "ops/ops.h"
#include "optimize/palettize/k_means.h"
#include "optimize/quantize/channel_quant.h"

namespace paw {

namespace {

constexpr int kLeastDepthwiseBits = 6;
// Values of a palette take 16 bits; it must save something beside indices into it.
constexpr std::size_t kLeastPerValue = 2;

// Values of a tensor that is pruned are chosen for what is left of it.
std::vector<float> palette_of(std::span<const float> weights, std::size_t count, bool sparse) {
  if (!sparse) return k_means(weights, {}, count);
  std::vector<float> left;
  std::ranges::copy_if(weights, std::back_inserter(left), [](float w) { return w != 0; });
  std::vector<float> values = k_means(left, {}, count - 1);
  values.insert(std::ranges::lower_bound(values, 0.0F), 0.0F);
  return values;
}

Tensor with_palette(const Tensor& weights, std::size_t count, bool sparse) {
  const auto from = weights.as<float>();
  const std::vector<float> values = palette_of(from, count, sparse);
  std::vector<float> out(from.size());
  std::ranges::transform(from, out.begin(),
                         [&](float w) { return sparse && w == 0 ? 0.0F : values[nearest_value(values, w)]; });
  return Tensor::f32(weights.type.shape, out);
}

}  // namespace

Status palettize(Graph& graph, int bits) {
  if (bits < 1 || bits > 8) {
    return fail(ErrorCode::kUnsupported, "palettize", std::to_string(bits) + " bits", "palettes have 1 to 8 bits");
  }
  Rewriter edits(graph);
  std::vector<ValueId> done(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!has_float_weights(graph, node)) continue;
    const Value& weights = graph[node.inputs[1]];
    const int own = node.op == &op::depthwise_conv2d ? std::max(bits, kLeastDepthwiseBits) : bits;
    const auto count = std::size_t{1} << own;
    if (static_cast<std::size_t>(weights.type.shape.elements()) < kLeastPerValue * count) continue;
    ValueId& small = done[node.inputs[1].index];
    if (!small.valid()) {
      const bool sparse = weights.encoding && weights.encoding->kind == Encoding::Kind::kSparse;
      small = edits.constant(with_palette(graph.tensor(node.inputs[1]), count, sparse), {},
                             Encoding{.kind = Encoding::Kind::kPalette, .bits = own});
    }
    edits.set_input(NodeId(i), 1, small);
  }
  const auto finished = edits.finish();
  return finished ? Status{} : std::unexpected(finished.error());
}

}  // namespace paw
