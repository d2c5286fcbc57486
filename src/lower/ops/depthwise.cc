// depthwise_conv2d and its gradients. Constant weights are packed here, others by a step.
#include "kernels/dwconv/dwconv.h"
#include "lower/lowering.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// Chunks of rows whose sums are added up at the end: enough for any number of threads.
constexpr std::int64_t kChunks = 64;

Status require_f32(const Lowering& lowering, const Node& node) {
  for (const ValueId input : node.inputs) {
    if (!input.valid()) continue;
    const TensorType& type = lowering.graph().type(input);
    if (type.dtype != DType::kF32) return unsupported(node, "the engine runs float32 only, got " + type.text());
  }
  return {};
}

std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

// Geometry of the forward pass.
Result<ConvShape> shape_of(const Node& node, const DepthwiseConv2dAttrs& a, const Shape& x, const Shape& w,
                           const Shape& y) {
  const OpCall call{*node.op, node.attrs, {}, node.source};
  PAW_ASSIGN_OR_RETURN(const Window window,
                       resolve_window(call, {x[1], x[2]}, {w[1], w[2]}, a.stride, a.dilation, a.padding, a.pads));
  return ConvShape{.batch = narrow(x[0]),
                   .in_h = narrow(x[1]),
                   .in_w = narrow(x[2]),
                   .in_c = narrow(x[3]),
                   .out_h = narrow(y[1]),
                   .out_w = narrow(y[2]),
                   .out_c = narrow(y[3]),
                   .kernel_h = narrow(w[1]),
                   .kernel_w = narrow(w[2]),
                   .stride_h = narrow(a.stride[0]),
                   .stride_w = narrow(a.stride[1]),
                   .dilation_h = narrow(a.dilation[0]),
                   .dilation_w = narrow(a.dilation[1]),
                   .pad_top = narrow(window.pad_before[0]),
                   .pad_left = narrow(window.pad_before[1]),
                   .groups = narrow(x[3])};
}

const float* floats_of(const Graph& graph, ValueId id) {
  return id.valid() ? graph[id].constant->as<float>().data() : nullptr;
}

// The packed weights, with `bias` unless it is invalid.
BufferId packed(Lowering& lowering, const Node& node, const ConvShape& shape, ValueId weights, ValueId bias) {
  const Graph& graph = lowering.graph();
  const auto bytes = static_cast<std::size_t>(dwconv_packed_floats(shape)) * sizeof(float);
  if (graph.is_constant(weights) && (!bias.valid() || graph.is_constant(bias))) {
    AlignedBuffer out(bytes);
    dwconv_pack_f32(shape, floats_of(graph, weights), floats_of(graph, bias), out.as<float>().data());
    return lowering.constant(Bytes(std::move(out)));
  }
  const BufferId out = lowering.temporary(bytes);
  lowering.step(step::dwconv_pack_f32, shape, {lowering.buffer(weights), lowering.buffer(bias)}, {out}, node);
  return out;
}

}  // namespace

Status lower_depthwise_conv2d(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  PAW_ASSIGN_OR_RETURN(const ConvShape shape,
                       shape_of(node, node.attrs.as<DepthwiseConv2dAttrs>(), graph.type(node.inputs[0]).shape,
                                graph.type(node.inputs[1]).shape, graph.type(node.outputs[0]).shape));
  const ValueId bias = node.inputs.size() > 2 ? node.inputs[2] : ValueId{};
  const BufferId weights = packed(lowering, node, shape, node.inputs[1], bias);
  const FusedClamp clamp = lowering.take_clamp(node.outputs[0]);
  lowering.step(step::dwconv_f32, DwconvF32{shape, clamp.min, clamp.max}, {lowering.buffer(node.inputs[0]), weights},
                {lowering.buffer(clamp.result)}, node);
  return {};
}

Status lower_depthwise_conv2d_grad_input(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  PAW_ASSIGN_OR_RETURN(const ConvShape shape,
                       shape_of(node, node.attrs.as<DepthwiseConv2dGradAttrs>().conv, graph.type(node.outputs[0]).shape,
                                graph.type(node.inputs[1]).shape, graph.type(node.inputs[0]).shape));
  const BufferId weights = packed(lowering, node, shape, node.inputs[1], {});
  lowering.step(step::dwconv_grad_input_f32, shape, {lowering.buffer(node.inputs[0]), weights},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_depthwise_conv2d_grad_weights(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  DwconvGradWeightsF32 params;
  PAW_ASSIGN_OR_RETURN(params.shape,
                       shape_of(node, node.attrs.as<DepthwiseConv2dGradAttrs>().conv, graph.type(node.inputs[0]).shape,
                                graph.type(node.outputs[0]).shape, graph.type(node.inputs[1]).shape));
  params.chunk_rows = narrow(ceil_div(dwconv_units(params.shape), kChunks));
  const std::int64_t floats = dwconv_grad_weights_floats(params), chunks = dwconv_grad_weights_units(params);
  const BufferId result = lowering.buffer(node.outputs[0]);
  const BufferId partials =
      chunks == 1 ? result : lowering.temporary(static_cast<std::uint64_t>(floats) * sizeof(float));
  lowering.step(step::dwconv_grad_weights_f32, params,
                {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1])}, {partials}, node);
  if (chunks > 1) {
    lowering.step(step::reduce_f32, ReduceF32{.reduce = chunks, .inner = floats / chunks, .op = ReduceOp::kSum},
                  {partials}, {result}, node);
  }
  return {};
}

}  // namespace paw
