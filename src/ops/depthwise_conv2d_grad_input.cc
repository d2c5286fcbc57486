#include "ops/conv_common.h"
#include "ops/ops.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_depthwise_conv2d_grad_input(const OpCall& call) {
  return grad_input_geometry<DepthwiseConv2dGradAttrs>(call);
}

Result<std::vector<TensorType>> infer_depthwise_conv2d_grad_input(const OpCall& call) {
  return infer_conv_gradient(call, geometry_depthwise_conv2d_grad_input(call), call.in(0),
                             Shape(call.as<DepthwiseConv2dGradAttrs>().shape));
}

void eval_depthwise_conv2d_grad_input(const EvalArgs& args) {
  eval_conv_grad_input(*geometry_depthwise_conv2d_grad_input(args.call), args);
}

// dx is linear in dy and in the weights: its gradients are the two other convolutions of the same window.
std::vector<ValueId> grad_depthwise_conv2d_grad_input(GradContext& g) {
  const auto& a = g.attrs<DepthwiseConv2dGradAttrs>().conv;
  std::vector<ValueId> grads(2);
  if (g.wants(0)) grads[0] = g.call(depthwise_conv2d, {g.grad(), g.in(1)}, a);
  if (g.wants(1)) {
    grads[1] = g.call(depthwise_conv2d_grad_weights, {g.grad(), g.in(0)},
                      DepthwiseConv2dGradAttrs{a, extents4(g.type(g.in(1)).shape)});
  }
  return grads;
}

Cost cost_depthwise_conv2d_grad_input(const OpCall& call, std::span<const TensorType>) {
  return conv_cost(geometry_depthwise_conv2d_grad_input(call));
}

OpCase case_depthwise_conv2d_grad_input(std::string name, Shape dy, Shape w, DepthwiseConv2dGradAttrs attrs) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, dy}}, {.type = {DType::kF32, w}}}, .attrs = attrs};
}

std::vector<OpCase> cases_depthwise_conv2d_grad_input() {
  return {
      case_depthwise_conv2d_grad_input("same", {1, 4, 5, 3}, {1, 3, 3, 3}, {{.padding = Padding::kSame}, {1, 4, 5, 3}}),
      case_depthwise_conv2d_grad_input("same_stride2", {2, 3, 3, 2}, {1, 3, 3, 2},
                                       {{.stride = {2, 2}, .padding = Padding::kSame}, {2, 6, 5, 2}}),
      case_depthwise_conv2d_grad_input("multiplier", {1, 3, 2, 6}, {1, 2, 3, 6}, {{}, {1, 4, 4, 2}}),
      case_depthwise_conv2d_grad_input(
          "explicit_dilated", {1, 4, 3, 2}, {1, 3, 2, 2},
          {{.dilation = {2, 2}, .padding = Padding::kExplicit, .pads = {2, 1, 0, 1}}, {1, 5, 4, 2}}),
  };
}

}  // namespace

constinit const OpDef depthwise_conv2d_grad_input{
    .name = "depthwise_conv2d_grad_input",
    .summary = "gradient of depthwise_conv2d with respect to x; `shape` is that of x",
    .inputs = {"dy", "weights"},
    .outputs = {"dx"},
    .default_attrs = attrs_of<DepthwiseConv2dGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_depthwise_conv2d_grad_input,
    .reference = eval_depthwise_conv2d_grad_input,
    .gradient = grad_depthwise_conv2d_grad_input,
    .cost = cost_depthwise_conv2d_grad_input,
    .cases = cases_depthwise_conv2d_grad_input};

}  // namespace paw::op
