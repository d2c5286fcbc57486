#include "optimize/quantize/channel_quant.h"

#include <algorithm>
#include <cmath>

#include "ops/ops.h"

namespace paw {

std::int32_t channel_axis(const OpDef* op) {
  if (op == &op::conv2d || op == &op::fully_connected) return 0;
  return op == &op::depthwise_conv2d ? 3 : -1;
}

bool has_float_weights(const Graph& graph, const Node& node) {
  return channel_axis(node.op) >= 0 && graph.is_constant(node.inputs[1]) &&
         graph.type(node.inputs[1]).dtype == DType::kF32 && graph.type(node.inputs[0]).dtype == DType::kF32;
}

std::optional<Encoding> sparse_mark(const Graph& graph, ValueId constant) {
  const std::optional<Encoding>& encoding = graph[constant].encoding;
  if (!encoding || encoding->kind != Encoding::Kind::kSparse) return std::nullopt;
  return Encoding{.kind = Encoding::Kind::kSparse};
}

Tensor quantised_weights(const Tensor& weights, DType dtype, std::int32_t axis, std::span<const float> least,
                         bool per_channel) {
  const std::vector<double> values = real_values(weights);
  const auto channels = static_cast<std::size_t>(weights.type.shape[axis]);
  // The index of an element's channel is that of its scale.
  const TensorType by_channel{DType::kI8, weights.type.shape,
                              std::make_shared<const QuantParams>(QuantParams{
                                  std::vector<float>(channels, 1.0f), std::vector<std::int32_t>(channels), axis, 0})};
  std::vector<double> most(channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& m = most[quant_index(by_channel, static_cast<std::int64_t>(i))];
    m = std::max(m, std::abs(values[i]));
  }
  if (!per_channel) std::ranges::fill(most, std::ranges::max(most));
  QuantParams quant{.scale = {}, .zero_point = {}, .axis = axis, .block = 0};
  for (std::size_t c = 0; c < channels; ++c) {
    auto scale = static_cast<float>(most[c] / highest(dtype));
    if (!least.empty()) scale = std::max(scale, least[c]);
    quant.scale.push_back(std::isnormal(scale) ? scale : 1.0f);
  }
  if (!per_channel) quant = {.scale = {std::ranges::max(quant.scale)}, .zero_point = {}, .axis = -1, .block = 0};
  quant.zero_point.assign(quant.scale.size(), 0);
  std::vector<double> stored(values.size());
  const TensorType type{dtype, weights.type.shape, std::make_shared<const QuantParams>(quant)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scale = quant.scale[quant_index(type, static_cast<std::int64_t>(i))];
    stored[i] = std::clamp(std::nearbyint(values[i] / scale), -highest(dtype), highest(dtype));
  }
  return tensor_from_stored(type, stored);
}

float least_weight_scale(double bias, double x_scale, double y_scale) {
  constexpr double kMostBias = std::int64_t{1} << 30;
  const double least = std::max(std::abs(bias) / kMostBias, std::ldexp(y_scale, -31)) / x_scale;
  // The product with x_scale is a float too.
  return static_cast<float>(std::max(least, 1e-30 / std::min(x_scale, 1.0)));
}

}  // namespace paw
