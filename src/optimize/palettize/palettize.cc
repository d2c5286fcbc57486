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
constexpr std::int64_t kBitsOfValue = 16;

// Values of a tensor that is pruned are chosen for what is left of it.
std::vector<float> palette_of(std::span<const float> weights, std::size_t count, bool sparse) {
  if (!sparse) return k_means(weights, {}, count);
  std::vector<float> left;
  std::ranges::copy_if(weights, std::back_inserter(left), [](float w) { return w != 0; });
  std::vector<float> values = k_means(left, {}, count - 1);
  values.insert(std::ranges::lower_bound(values, 0.0F), 0.0F);
  return values;
}

// Where the elements lie that have an index of [first, first + count) along the axis.
std::vector<std::size_t> places_along(const Shape& shape, int axis, std::int64_t first, std::int64_t count) {
  const std::int64_t stride = strides_of(shape)[static_cast<std::size_t>(axis)], whole = stride * shape[axis];
  std::vector<std::size_t> places;
  for (std::int64_t begin = first * stride; begin < shape.elements(); begin += whole) {
    for (std::int64_t i = begin; i < begin + count * stride; ++i) places.push_back(static_cast<std::size_t>(i));
  }
  return places;
}

// Every group of channels with a palette of its own.
Tensor with_palettes(const Tensor& weights, const Encoding& e, bool sparse) {
  const Shape& shape = weights.type.shape;
  const auto from = weights.as<float>();
  const std::int64_t group = e.group > 0 ? e.group : shape[e.axis];
  std::vector<float> out(from.size());
  for (std::int64_t first = 0; first < shape[e.axis]; first += group) {
    const std::vector<std::size_t> places = places_along(shape, e.axis, first, group);
    std::vector<float> own;
    for (const std::size_t i : places) own.push_back(from[i]);
    const std::vector<float> values = palette_of(own, std::size_t{1} << e.bits, sparse);
    for (std::size_t i = 0; i < own.size(); ++i) {
      out[places[i]] = sparse && own[i] == 0 ? 0.0F : values[nearest_value(values, own[i])];
    }
  }
  return Tensor::f32(shape, out);
}

// Core ML has groups of one size alone. 0: one palette for all.
std::int32_t group_for(const Shape& shape, std::int32_t axis, int bits, int wanted) {
  const std::int64_t channels = shape[axis], weights = shape.elements() / channels;
  const std::int64_t palette = kBitsOfValue << bits;
  if (wanted == 0 || wanted >= channels) return 0;
  std::int64_t group = divisor_within(channels, wanted);
  while (channels % group != 0 || group * weights * bits < palette) {
    if (++group >= channels) return 0;
  }
  return static_cast<std::int32_t>(group);
}

}  // namespace

std::string other_palette_groups(const Graph& graph, int group) {
  if (group == 0) return {};
  std::size_t all = 0, others = 0;
  for (const Value& value : graph.values) {
    if (!value.encoding || value.encoding->kind != Encoding::Kind::kPalette) continue;
    ++all;
    others += value.encoding->group != group ? 1u : 0u;
  }
  if (others == 0) return {};
  return "in " + std::to_string(others) + " of " + std::to_string(all) + " layers another number of channels than " +
         std::to_string(group) + " shares a palette: they have no multiple of it, or too few weights for so many";
}

Status palettize(Graph& graph, int bits, int group) {
  if (bits < 1 || bits > 8) {
    return fail(ErrorCode::kUnsupported, "palettize", std::to_string(bits) + " bits", "palettes have 1 to 8 bits");
  }
  if (group < 0) {
    return fail(ErrorCode::kUnsupported, "palettize", "groups of " + std::to_string(group) + " channels",
                "choose at least 1, or 0 for a palette per layer");
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
      const bool sparse = sparse_mark(graph, node.inputs[1]).has_value();
      Encoding e{.kind = Encoding::Kind::kPalette, .bits = own};
      e.axis = channel_axis(node.op);
      e.group = group_for(weights.type.shape, e.axis, own, group);
      if (e.group == 0) e.axis = 0;
      small = edits.constant(with_palettes(graph.tensor(node.inputs[1]), e, sparse), {}, e);
    }
    edits.set_input(NodeId(i), 1, small);
  }
  const auto finished = edits.finish();
  return finished ? Status{} : std::unexpected(finished.error());
}

}  // namespace paw
