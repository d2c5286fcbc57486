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

namespace {

// The largest number, by size, of those that share an entry of `quant`.
std::vector<double> farthest_of_each(const std::vector<double>& values, const Shape& shape, const QuantParams& quant) {
  const TensorType type{DType::kI8, shape, std::make_shared<const QuantParams>(quant)};
  std::vector<double> most(quant.scale.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& m = most[quant_index(type, static_cast<std::int64_t>(i))];
    m = std::max(m, std::abs(values[i]));
  }
  return most;
}

Tensor nearest_integers(const std::vector<double>& values, DType dtype, const Shape& shape, QuantParams quant) {
  const TensorType type{dtype, shape, std::make_shared<const QuantParams>(std::move(quant))};
  std::vector<double> stored(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scale = type.quant->scale[quant_index(type, static_cast<std::int64_t>(i))];
    stored[i] = std::clamp(std::nearbyint(values[i] / scale), -highest(dtype), highest(dtype));
  }
  return tensor_from_stored(type, stored);
}

}  // namespace

float usable_scale(double scale, float least) {
  const float s = std::max(static_cast<float>(scale), least);
  return std::isnormal(s) ? s : 1.0f;
}

std::int64_t divisor_within(std::int64_t extent, std::int64_t most) {
  std::int64_t divisor = std::min(extent, most);
  while (extent % divisor != 0) --divisor;
  return divisor;
}

Tensor quantised_weights(const Tensor& weights, DType dtype, std::int32_t axis, std::span<const float> least,
                         bool per_channel) {
  const std::vector<double> values = real_values(weights);
  const auto channels = static_cast<std::size_t>(weights.type.shape[axis]);
  QuantParams quant{std::vector<float>(channels, 1.0f), std::vector<std::int32_t>(channels), axis, 0};
  std::vector<double> most = farthest_of_each(values, weights.type.shape, quant);
  if (!per_channel) std::ranges::fill(most, std::ranges::max(most));
  for (std::size_t c = 0; c < channels; ++c) {
    quant.scale[c] = usable_scale(most[c] / highest(dtype), least.empty() ? 0 : least[c]);
  }
  if (!per_channel) quant = {.scale = {std::ranges::max(quant.scale)}, .zero_point = {0}, .axis = -1, .block = 0};
  return nearest_integers(values, dtype, weights.type.shape, std::move(quant));
}

Tensor quantised_blocks(const Tensor& weights, DType dtype, std::int32_t block) {
  const std::vector<double> values = real_values(weights);
  const std::size_t blocks = values.size() / static_cast<std::size_t>(block);
  QuantParams quant{std::vector<float>(blocks, 1.0f), std::vector<std::int32_t>(blocks), -1, block};
  const std::vector<double> most = farthest_of_each(values, weights.type.shape, quant);
  for (std::size_t i = 0; i < blocks; ++i) quant.scale[i] = usable_scale(most[i] / highest(dtype));
  return nearest_integers(values, dtype, weights.type.shape, std::move(quant));
}

float least_weight_scale(double bias, double x_scale, double y_scale) {
  constexpr double kMostBias = std::int64_t{1} << 30;
  const double least = std::max(std::abs(bias) / kMostBias, std::ldexp(y_scale, -31)) / x_scale;
  // The product with x_scale is a float too.
  return static_cast<float>(std::max(least, 1e-30 / std::min(x_scale, 1.0)));
}

}  // namespace paw
