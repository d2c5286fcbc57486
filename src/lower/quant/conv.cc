// conv2d, depthwise_conv2d and fully_connected of 8-bit tensors: weights packed less their zero point, each channel
// with the factor that its sums are scaled by.
#include "lower/ops/conv.h"

#include <cmath>

#include "kernels/quant/dwconv_i8.h"
#include "lower/quant/quant.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// What a layer knows of its operands.
struct Layer {
  ByteTensor x, y;
  std::vector<std::int16_t> weights;  // less their zero point
  std::vector<std::int32_t> bias;     // empty: none
  std::vector<ChannelScale> scales;
  Requantise way = Requantise::kFloat;
};

// Weights as integers: 8 bits or fewer, one zero point or one per output channel.
Status read_weights(const Lowering& lowering, const Node& node, std::int32_t channel_axis, Layer& layer) {
  const Graph& graph = lowering.graph();
  const TensorType& type = graph.type(node.inputs[1]);
  if (!graph.is_constant(node.inputs[1])) return unsupported(node, "the engine's integer layers need constant weights");
  if (!type.quant || !is_integer(type.dtype) || bits(type.dtype) > 8) {
    return unsupported(node, "the engine's integer layers take weights of at most 8 bits, got " + type.text());
  }
  const bool per_channel = type.quant->axis == channel_axis;
  if (type.quant->block != 0 || (type.quant->axis >= 0 && !per_channel)) {
    return unsupported(node, "the engine's integer layers take one weight scale, or one per output channel");
  }
  const std::byte* stored = graph[node.inputs[1]].constant->data();
  layer.weights.resize(static_cast<std::size_t>(type.shape.elements()));
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const auto number = static_cast<std::int32_t>(load_element(type.dtype, stored, at));
    layer.weights[i] = static_cast<std::int16_t>(number - type.quant->zero_point[quant_index(type, at)]);
  }
  return {};
}

// The bias is a 32-bit integer in steps of input scale times weight scale: within what changes no result noticeably.
Status read_bias(const Lowering& lowering, const Node& node, Layer& layer) {
  const ValueId bias = bias_of(node);
  if (!bias.valid()) return {};
  const Graph& graph = lowering.graph();
  const TensorType& type = graph.type(bias);
  if (!graph.is_constant(bias) || type.dtype != DType::kI32 || !type.quant || type.quant->zero_point[0] != 0) {
    return unsupported(node, "the engine's integer layers take a constant i32 bias with scale, got " + type.text());
  }
  const QuantParams& w = *graph.type(node.inputs[1]).quant;
  const auto one_of = [](const std::vector<float>& scales, std::size_t i) {
    return static_cast<double>(scales.size() == 1 ? scales[0] : scales[i]);
  };
  const auto channels = static_cast<std::size_t>(type.shape.elements());
  for (std::size_t c = 0; c < channels; ++c) {
    const double product = layer.x.scale * one_of(w.scale, c);
    if (std::abs(one_of(type.quant->scale, c) - product) / layer.y.scale > 0.02) {
      return unsupported(node, "the bias has another scale than input times weights");
    }
  }
  const auto values = graph[bias].constant->as<std::int32_t>();
  layer.bias.assign(values.begin(), values.end());
  return {};
}

// The factor of a channel whose weights have this scale, rounded as the runtime that is reproduced rounds it: u8
// convolutions of the reference kernels know the product of input and weight scale as a float, other layers as a
// double.
ChannelScale channel_scale(const Layer& layer, float of_weights) {
  const float product = layer.x.scale * of_weights;
  const double exact = static_cast<double>(layer.x.scale) * of_weights;
  StoredScale s;
  switch (layer.way) {
    case Requantise::kFloat: s = stored_float(product / layer.y.scale); break;
    case Requantise::kDouble: s = stored_fixed((layer.x.is_signed ? exact : product) / layer.y.scale); break;
    case Requantise::kReal: s = stored_real(exact / layer.y.scale); break;
  }
  return {s.scale, s.shift};
}

Result<Layer> read_layer(const Lowering& lowering, const Node& node, std::int32_t channel_axis, std::size_t channels,
                         bool dense) {
  Layer layer;
  PAW_ASSIGN_OR_RETURN(layer.x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(layer.y, byte_tensor(lowering, node, node.outputs[0]));
  PAW_RETURN_IF_ERROR(read_weights(lowering, node, channel_axis, layer));
  PAW_RETURN_IF_ERROR(read_bias(lowering, node, layer));
  const QuantParams& w = *lowering.graph().type(node.inputs[1]).quant;
  if (lowering.rounding() == Rounding::kFixedPoint) {
    layer.way = dense ? Requantise::kReal : Requantise::kDouble;
  }
  for (std::size_t c = 0; c < channels; ++c) {
    layer.scales.push_back(channel_scale(layer, w.scale.size() == 1 ? w.scale[0] : w.scale[c]));
  }
  return layer;
}

ConvI8Weights weights_of(const Layer& layer) {
  return {layer.weights.data(), layer.bias.empty() ? nullptr : layer.bias.data(), layer.scales.data()};
}

void emit(Lowering& lowering, const Node& node, const StepDef& def, const ConvShape& shape, const Layer& layer,
          AlignedBuffer packed) {
  const BufferId weights = lowering.constant(Bytes(std::move(packed)));
  const ByteResult result = take_byte_clamp(lowering, node, layer.y);
  const ConvI8 params{
      .shape = shape, .y = result.q, .way = layer.way, .x_zero = layer.x.zero, .x_signed = layer.x.is_signed ? 1 : 0};
  lowering.step(def, params, {lowering.buffer(node.inputs[0]), weights}, {lowering.buffer(result.value)}, node);
}

Status lower_as_conv(Lowering& lowering, const Node& node, const ConvShape& shape, bool dense) {
  PAW_ASSIGN_OR_RETURN(const Layer layer, read_layer(lowering, node, 0, static_cast<std::size_t>(shape.out_c), dense));
  AlignedBuffer packed(static_cast<std::size_t>(conv_i8_packed_bytes(shape)));
  conv_i8_pack(shape, weights_of(layer), packed.data());
  emit(lowering, node, step::conv_i8, shape, layer, std::move(packed));
  return {};
}

}  // namespace

Status lower_quant_conv2d(Lowering& lowering, const Node& node) {
  const auto& attrs = node.attrs.as<Conv2dAttrs>();
  const Shape& x = lowering.graph().type(node.inputs[0]).shape;
  const Shape& w = lowering.graph().type(node.inputs[1]).shape;
  PAW_ASSIGN_OR_RETURN(const ConvShape shape, conv_shape(node, x, w, w[0], attrs, attrs.groups));
  return lower_as_conv(lowering, node, shape, false);
}

Status lower_quant_fully_connected(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const Shape& w = graph.type(node.inputs[1]).shape;
  const std::int64_t rows = graph.type(node.inputs[0]).shape.elements() / w[1];
  return lower_as_conv(lowering, node, {.batch = narrow(rows), .in_c = narrow(w[1]), .out_c = narrow(w[0])}, true);
}

Status lower_quant_depthwise_conv2d(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const auto& a = node.attrs.as<DepthwiseConv2dAttrs>();
  const Shape& x = graph.type(node.inputs[0]).shape;
  const Shape& w = graph.type(node.inputs[1]).shape;
  PAW_ASSIGN_OR_RETURN(const ConvShape shape,
                       conv_shape(node, x, w, w[3], {a.stride, a.dilation, a.padding, a.pads, 1}, x[3]));
  PAW_ASSIGN_OR_RETURN(const Layer layer, read_layer(lowering, node, 3, static_cast<std::size_t>(w[3]), false));
  AlignedBuffer packed(static_cast<std::size_t>(dwconv_i8_packed_bytes(shape)));
  dwconv_i8_pack(shape, weights_of(layer), packed.data());
  emit(lowering, node, step::dwconv_i8, shape, layer, std::move(packed));
  return {};
}

}  // namespace paw
