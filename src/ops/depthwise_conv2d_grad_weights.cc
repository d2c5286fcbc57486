#include "ops/conv_common.h"
#include "ops/ops.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_depthwise_conv2d_grad_weights(const OpCall& call) {
  return grad_weights_geometry<DepthwiseConv2dGradAttrs>(call);
}

Result<std::vector<TensorType>> infer_depthwise_conv2d_grad_weights(const OpCall& call) {
  return infer_conv_gradient(call, geometry_depthwise_conv2d_grad_weights(call), call.in(1),
                             Shape(call.as<DepthwiseConv2dGradAttrs>().shape));
}

void eval_depthwise_conv2d_grad_weights(const EvalArgs& args) {
  eval_conv_grad_weights(*geometry_depthwise_conv2d_grad_weights(args.call), args);
}

// The result is linear in x and in dy: its gradients are the two other convolutions of the same window.
std::vector<ValueId> grad_depthwise_conv2d_grad_weights(GradContext& g) {
  const auto& a = g.attrs<DepthwiseConv2dGradAttrs>().conv;
  std::vector<ValueId> grads(2);
  if (g.wants(0)) {
    grads[0] = g.call(depthwise_conv2d_grad_input, {g.in(1), g.grad()},
                      DepthwiseConv2dGradAttrs{a, extents4(g.type(g.in(0)).shape)});
  }
  if (g.wants(1)) grads[1] = g.call(depthwise_conv2d, {g.in(0), g.grad()}, a);
  return grads;
}

Cost cost_depthwise_conv2d_grad_weights(const OpCall& call, std::span<const TensorType>) {
  return conv_cost(geometry_depthwise_conv2d_grad_weights(call));
}

OpCase case_depthwise_conv2d_grad_weights(std::string name, Shape x, Shape dy, DepthwiseConv2dGradAttrs attrs) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, x}}, {.type = {DType::kF32, dy}}}, .attrs = attrs};
}

std::vector<OpCase> cases_depthwise_conv2d_grad_weights() {
  return {
      case_depthwise_conv2d_grad_weights("same", {1, 4, 5, 3}, {1, 4, 5, 3},
                                         {{.padding = Padding::kSame}, {1, 3, 3, 3}}),
      case_depthwise_conv2d_grad_weights("same_stride2", {2, 6, 5, 2}, {2, 3, 3, 2},
                                         {{.stride = {2, 2}, .padding = Padding::kSame}, {1, 3, 3, 2}}),
      case_depthwise_conv2d_grad_weights("multiplier", {1, 4, 4, 2}, {1, 3, 2, 6}, {{}, {1, 2, 3, 6}}),
      case_depthwise_conv2d_grad_weights(
          "explicit_dilated", {1, 5, 4, 2}, {1, 4, 3, 2},
          {{.dilation = {2, 2}, .padding = Padding::kExplicit, .pads = {2, 1, 0, 1}}, {1, 3, 2, 2}}),
  };
}

}  // namespace

constinit const OpDef depthwise_conv2d_grad_weights{
    .name = "depthwise_conv2d_grad_weights",
    .summary = "gradient of depthwise_conv2d with respect to its weights; `shape` is that of the weights",
    .inputs = {"x", "dy"},
    .outputs = {"dw"},
    .default_attrs = attrs_of<DepthwiseConv2dGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_depthwise_conv2d_grad_weights,
    .reference = eval_depthwise_conv2d_grad_weights,
    .gradient = grad_depthwise_conv2d_grad_weights,
    .cost = cost_depthwise_conv2d_grad_weights,
    .cases = cases_depthwise_conv2d_grad_weights};

}  // namespace paw::op
