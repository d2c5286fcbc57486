// conv2d and fully_connected: both become the convolution step on packed weights.
#include "lower/ops/conv.h"

#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

Result<ConvShape> conv_shape(const Node& node, const Shape& x, const Shape& w, std::int64_t out_c,
                             const Conv2dAttrs& attrs, std::int64_t groups) {
  const OpCall call{*node.op, node.attrs, {}, node.source};
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_window(call, {x[1], x[2]}, {w[1], w[2]}, attrs.stride,
                                                           attrs.dilation, attrs.padding, attrs.pads));
  return ConvShape{.batch = narrow(x[0]),
                   .in_h = narrow(x[1]),
                   .in_w = narrow(x[2]),
                   .in_c = narrow(x[3]),
                   .out_h = narrow(window.out[0]),
                   .out_w = narrow(window.out[1]),
                   .out_c = narrow(out_c),
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

bool constant_or_absent(const Graph& graph, ValueId operand) { return !operand.valid() || graph.is_constant(operand); }

const float* constant_floats(const Graph& graph, ValueId operand) {
  return operand.valid() ? graph[operand].constant->as<float>().data() : nullptr;
}

ValueId bias_of(const Node& node) { return node.inputs.size() > 2 ? node.inputs[2] : ValueId{}; }

namespace {

// Packed now where the weights are known; else a step packs them each time.
BufferId packed_weights(Lowering& lowering, const Node& node, const ConvShape& shape, ValueId weights, ValueId bias) {
  const Graph& graph = lowering.graph();
  const std::size_t bytes = conv_packed_floats(shape) * sizeof(float);
  if (constant_or_absent(graph, weights) && constant_or_absent(graph, bias)) {
    AlignedBuffer packed(bytes);
    conv_pack_f32(shape, constant_floats(graph, weights), constant_floats(graph, bias), packed.as<float>().data());
    return lowering.constant(Bytes(std::move(packed)));
  }
  const BufferId packed = lowering.temporary(bytes);
  lowering.step(step::conv_pack_f32, ConvPackF32{.shape = shape, .has_bias = bias.valid() ? 1 : 0},
                {lowering.buffer(weights), lowering.buffer(bias)}, {packed}, node);
  return packed;
}

Status emit_conv(Lowering& lowering, const Node& node, const ConvShape& shape) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const BufferId weights = packed_weights(lowering, node, shape, node.inputs[1], bias_of(node));
  const FusedClamp clamp = lowering.take_clamp(node.outputs[0]);
  lowering.step(step::conv_f32, ConvF32{shape, clamp.min, clamp.max}, {lowering.buffer(node.inputs[0]), weights},
                {lowering.buffer(clamp.result)}, node);
  return {};
}

}  // namespace

Status lower_conv2d(Lowering& lowering, const Node& node) {
  const auto& attrs = node.attrs.as<Conv2dAttrs>();
  const Shape& x = lowering.graph().type(node.inputs[0]).shape;
  const Shape& w = lowering.graph().type(node.inputs[1]).shape;
  PAW_ASSIGN_OR_RETURN(const ConvShape shape, conv_shape(node, x, w, w[0], attrs, attrs.groups));
  return emit_conv(lowering, node, shape);
}

Status lower_fully_connected(Lowering& lowering, const Node& node) {
  const Graph& graph = lowering.graph();
  const Shape& w = graph.type(node.inputs[1]).shape;
  const std::int64_t rows = graph.type(node.inputs[0]).shape.elements() / w[1];
  return emit_conv(lowering, node, ConvShape{.batch = narrow(rows), .in_c = narrow(w[1]), .out_c = narrow(w[0])});
}

}  // namespace paw
