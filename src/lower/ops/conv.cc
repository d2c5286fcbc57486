// conv2d, depthwise_conv2d and fully_connected: all become the convolution steps on packed constant weights.
#include "kernels/dwconv/dwconv.h"
#include "lower/lowering.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// Float weights and bias of a node, as the packing functions take them.
struct Weights {
  const float* weights = nullptr;
  const float* bias = nullptr;
};

Result<Weights> constant_weights(const Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  Weights out;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    if (!id.valid()) continue;
    if (graph.type(id).dtype != DType::kF32)
      return unsupported(node, "the engine runs float32 only, got " + graph.type(id).text());
    if (i == 0) continue;
    if (!graph.is_constant(id)) return unsupported(node, "weights and bias must be constants");
    (i == 1 ? out.weights : out.bias) = graph[id].constant->as<float>().data();
  }
  return out;
}

std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

// Geometry of a windowed node; `attrs` are those of conv2d (a superset of the depthwise ones).
Result<ConvShape> conv_shape(const Graph& graph, const Node& node, const Conv2dAttrs& attrs, std::int64_t groups) {
  const Shape& x = graph.type(node.inputs[0]).shape;
  const Shape& w = graph.type(node.inputs[1]).shape;
  const Shape& y = graph.type(node.outputs[0]).shape;
  const OpCall call{*node.op, node.attrs, {}, node.source};
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_window(call, {x[1], x[2]}, {w[1], w[2]}, attrs.stride,
                                                           attrs.dilation, attrs.padding, attrs.pads));
  return ConvShape{.batch = narrow(x[0]),
                   .in_h = narrow(x[1]),
                   .in_w = narrow(x[2]),
                   .in_c = narrow(x[3]),
                   .out_h = narrow(y[1]),
                   .out_w = narrow(y[2]),
                   .out_c = narrow(y[3]),
                   .kernel_h = narrow(w[1]),
                   .kernel_w = narrow(w[2]),
                   .stride_h = narrow(attrs.stride[0]),
                   .stride_w = narrow(attrs.stride[1]),
                   .dilation_h = narrow(attrs.dilation[0]),
                   .dilation_w = narrow(attrs.dilation[1]),
                   .pad_top = narrow(window.pad_before[0]),
                   .pad_left = narrow(window.pad_before[1]),
                   .groups = narrow(groups)};
}

Status emit_conv(Lowering& lowering, const Node& node, const ConvShape& shape) {
  PAW_ASSIGN_OR_RETURN(const Weights w, constant_weights(lowering, node));
  AlignedBuffer packed(conv_packed_floats(shape) * sizeof(float));
  conv_pack_f32(shape, w.weights, w.bias, packed.as<float>().data());
  const FusedClamp clamp = lowering.take_clamp(node.outputs[0]);
  lowering.step(step::conv_f32, ConvF32{shape, clamp.min, clamp.max},
                {lowering.buffer(node.inputs[0]), lowering.constant(Bytes(std::move(packed)))},
                {lowering.buffer(clamp.result)}, node);
  return {};
}

}  // namespace

Status lower_conv2d(Lowering& lowering, const Node& node) {
  const auto& attrs = node.attrs.as<Conv2dAttrs>();
  PAW_ASSIGN_OR_RETURN(const ConvShape shape, conv_shape(lowering.graph(), node, attrs, attrs.groups));
  return emit_conv(lowering, node, shape);
}

Status lower_fully_connected(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const Shape& w = graph.type(node.inputs[1]).shape;
  const std::int64_t rows = graph.type(node.inputs[0]).shape.elements() / w[1];
  return emit_conv(lowering, node, ConvShape{.batch = narrow(rows), .in_c = narrow(w[1]), .out_c = narrow(w[0])});
}

Status lower_depthwise_conv2d(Lowering& lowering, const Node& node) {
  const auto& own = node.attrs.as<DepthwiseConv2dAttrs>();
  const Conv2dAttrs attrs{own.stride, own.dilation, own.padding, own.pads, 1};
  const std::int64_t channels = lowering.graph().type(node.inputs[0]).shape[3];
  PAW_ASSIGN_OR_RETURN(const ConvShape shape, conv_shape(lowering.graph(), node, attrs, channels));
  PAW_ASSIGN_OR_RETURN(const Weights w, constant_weights(lowering, node));
  AlignedBuffer packed(static_cast<std::size_t>(dwconv_packed_floats(shape)) * sizeof(float));
  dwconv_pack_f32(shape, w.weights, w.bias, packed.as<float>().data());
  const FusedClamp clamp = lowering.take_clamp(node.outputs[0]);
  lowering.step(step::dwconv_f32, DwconvF32{shape, clamp.min, clamp.max},
                {lowering.buffer(node.inputs[0]), lowering.constant(Bytes(std::move(packed)))},
                {lowering.buffer(clamp.result)}, node);
  return {};
}

}  // namespace paw
