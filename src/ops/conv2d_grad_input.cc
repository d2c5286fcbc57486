#include "ops/conv_common.h"
#include "ops/ops.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_conv2d_grad_input(const OpCall& call) {
  return grad_input_geometry<Conv2dGradAttrs>(call);
}

Result<std::vector<TensorType>> infer_conv2d_grad_input(const OpCall& call) {
  return infer_conv_gradient(call, geometry_conv2d_grad_input(call), call.in(0),
                             Shape(call.as<Conv2dGradAttrs>().shape));
}

void eval_conv2d_grad_input(const EvalArgs& args) {
  eval_conv_grad_input(*geometry_conv2d_grad_input(args.call), args);
}

// dx is linear in dy and in the weights: its gradients are the two other convolutions of the same window.
std::vector<ValueId> grad_conv2d_grad_input(GradContext& g) {
  const auto& a = g.attrs<Conv2dGradAttrs>().conv;
  std::vector<ValueId> grads(2);
  if (g.wants(0)) grads[0] = g.call(conv2d, {g.grad(), g.in(1)}, a);
  if (g.wants(1)) {
    grads[1] = g.call(conv2d_grad_weights, {g.grad(), g.in(0)}, Conv2dGradAttrs{a, extents4(g.type(g.in(1)).shape)});
  }
  return grads;
}

Cost cost_conv2d_grad_input(const OpCall& call, std::span<const TensorType>) {
  return conv_cost(geometry_conv2d_grad_input(call));
}

OpCase case_conv2d_grad_input(std::string name, Shape dy, Shape w, Conv2dGradAttrs attrs) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, dy}}, {.type = {DType::kF32, w}}}, .attrs = attrs};
}

std::vector<OpCase> cases_conv2d_grad_input() {
  return {
      case_conv2d_grad_input("pointwise", {1, 4, 3, 7}, {7, 1, 1, 5}, {{}, {1, 4, 3, 5}}),
      case_conv2d_grad_input("same_stride2", {2, 3, 3, 4}, {4, 3, 3, 3},
                             {{.stride = {2, 2}, .padding = Padding::kSame}, {2, 5, 6, 3}}),
      case_conv2d_grad_input("valid_dilated", {1, 3, 5, 3}, {3, 3, 2, 2}, {{.dilation = {2, 3}}, {1, 7, 8, 2}}),
      case_conv2d_grad_input(
          "groups", {1, 2, 4, 4}, {4, 3, 3, 3},
          {{.stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 1, 0, 2}, .groups = 2}, {1, 4, 4, 6}}),
  };
}

}  // namespace

constinit const OpDef conv2d_grad_input{
    .name = "conv2d_grad_input",
    .summary = "gradient of conv2d with respect to x (transposed convolution); `shape` is that of x",
    .inputs = {"dy", "weights"},
    .outputs = {"dx"},
    .default_attrs = attrs_of<Conv2dGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_conv2d_grad_input,
    .reference = eval_conv2d_grad_input,
    .gradient = grad_conv2d_grad_input,
    .cost = cost_conv2d_grad_input,
    .cases = cases_conv2d_grad_input};

}  // namespace paw::op
