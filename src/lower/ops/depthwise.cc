// depthwise_conv2d and its gradients. Constant weights are packed here, others by a step.
#include "kernels/dwconv/dwconv.h"

#include "lower/ops/conv.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// Chunks of rows whose sums are added up at the end: enough for any number of threads.
constexpr std::int64_t kChunks = 64;

// Geometry of the forward pass.
Result<ConvShape> shape_of(const Node& node, const DepthwiseConv2dAttrs& a, const Shape& x, const Shape& w) {
  return conv_shape(node, x, w, w[3], {a.stride, a.dilation, a.padding, a.pads, 1}, x[3]);
}

// The packed weights, with `bias` unless it is invalid.
BufferId packed(Lowering& lowering, const Node& node, const ConvShape& shape, ValueId weights, ValueId bias) {
  const Graph& graph = lowering.graph();
  const auto bytes = static_cast<std::size_t>(dwconv_packed_floats(shape)) * sizeof(float);
  if (constant_or_absent(graph, weights) && constant_or_absent(graph, bias)) {
    AlignedBuffer out(bytes);
    dwconv_pack_f32(shape, constant_floats(graph, weights), constant_floats(graph, bias), out.as<float>().data());
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
                                graph.type(node.inputs[1]).shape));
  const BufferId weights = packed(lowering, node, shape, node.inputs[1], bias_of(node));
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
                                graph.type(node.inputs[1]).shape));
  const BufferId weights = packed(lowering, node, shape, node.inputs[1], {});
  lowering.step(step::dwconv_grad_input_f32, shape, {lowering.buffer(node.inputs[0]), weights},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_depthwise_conv2d_grad_weights(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  DwconvGradWeightsF32 params;
  PAW_ASSIGN_OR_RETURN(params.shape, shape_of(node, node.attrs.as<DepthwiseConv2dGradAttrs>().conv,
                                              graph.type(node.inputs[0]).shape, graph.type(node.outputs[0]).shape));
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
