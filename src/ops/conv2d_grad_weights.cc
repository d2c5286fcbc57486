#include "ops/conv_common.h"
#include "ops/ops.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_conv2d_grad_weights(const OpCall& call) {
  return grad_weights_geometry<Conv2dGradAttrs>(call);
}

Result<std::vector<TensorType>> infer_conv2d_grad_weights(const OpCall& call) {
  return infer_conv_gradient(call, geometry_conv2d_grad_weights(call), call.in(1),
                             Shape(call.as<Conv2dGradAttrs>().shape));
}

void eval_conv2d_grad_weights(const EvalArgs& args) {
  eval_conv_grad_weights(*geometry_conv2d_grad_weights(args.call), args);
}

// The result is linear in x and in dy: its gradients are the two other convolutions of the same window.
std::vector<ValueId> grad_conv2d_grad_weights(GradContext& g) {
  const auto& a = g.attrs<Conv2dGradAttrs>().conv;
  std::vector<ValueId> grads(2);
  if (g.wants(0)) {
    grads[0] = g.call(conv2d_grad_input, {g.in(1), g.grad()}, Conv2dGradAttrs{a, extents4(g.type(g.in(0)).shape)});
  }
  if (g.wants(1)) grads[1] = g.call(conv2d, {g.in(0), g.grad()}, a);
  return grads;
}

Cost cost_conv2d_grad_weights(const OpCall& call, std::span<const TensorType>) {
  return conv_cost(geometry_conv2d_grad_weights(call));
}

OpCase case_conv2d_grad_weights(std::string name, Shape x, Shape dy, Conv2dGradAttrs attrs) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, x}}, {.type = {DType::kF32, dy}}}, .attrs = attrs};
}

std::vector<OpCase> cases_conv2d_grad_weights() {
  return {
      case_conv2d_grad_weights("pointwise", {1, 4, 3, 5}, {1, 4, 3, 7}, {{}, {7, 1, 1, 5}}),
      case_conv2d_grad_weights("same_stride2", {2, 5, 6, 3}, {2, 3, 3, 4},
                               {{.stride = {2, 2}, .padding = Padding::kSame}, {4, 3, 3, 3}}),
      case_conv2d_grad_weights("valid_dilated", {1, 7, 8, 2}, {1, 3, 5, 3}, {{.dilation = {2, 3}}, {3, 3, 2, 2}}),
      case_conv2d_grad_weights(
          "groups", {1, 4, 4, 6}, {1, 2, 4, 4},
          {{.stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 1, 0, 2}, .groups = 2}, {4, 3, 3, 3}}),
  };
}

}  // namespace

constinit const OpDef conv2d_grad_weights{
    .name = "conv2d_grad_weights",
    .summary = "gradient of conv2d with respect to its weights; `shape` is that of the weights",
    .inputs = {"x", "dy"},
    .outputs = {"dw"},
    .default_attrs = attrs_of<Conv2dGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_conv2d_grad_weights,
    .reference = eval_conv2d_grad_weights,
    .gradient = grad_conv2d_grad_weights,
    .cost = cost_conv2d_grad_weights,
    .cases = cases_conv2d_grad_weights};

}  // namespace paw::op
