#include "ops/conv2d.h"

#include "ops/conv_common.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_depthwise_conv2d(const OpCall& call) {
  return forward_geometry<DepthwiseConv2dAttrs>(call);
}

Result<std::vector<TensorType>> infer_depthwise_conv2d(const OpCall& call) {
  return infer_conv_forward(call, geometry_depthwise_conv2d(call));
}

void eval_depthwise_conv2d(const EvalArgs& args) { eval_conv_forward(*geometry_depthwise_conv2d(args.call), args); }

std::vector<ValueId> grad_depthwise_conv2d(GradContext& g) {
  const auto& a = g.attrs<DepthwiseConv2dAttrs>();
  std::vector<ValueId> grads(g.input_count());
  if (g.wants(0)) {
    grads[0] = g.call(depthwise_conv2d_grad_input, {g.grad(), g.in(1)},
                      DepthwiseConv2dGradAttrs{a, extents4(g.type(g.in(0)).shape)});
  }
  if (g.wants(1)) {
    grads[1] = g.call(depthwise_conv2d_grad_weights, {g.in(0), g.grad()},
                      DepthwiseConv2dGradAttrs{a, extents4(g.type(g.in(1)).shape)});
  }
  if (g.wants(2)) grads[2] = g.call(reduce_sum, {g.grad()}, ReduceAttrs{{0, 1, 2}});
  return grads;
}

Cost cost_depthwise_conv2d(const OpCall& call, std::span<const TensorType>) {
  return conv_cost(geometry_depthwise_conv2d(call));
}

OpCase case_depthwise_conv2d(std::string name, Shape x, Shape w, bool bias, DepthwiseConv2dAttrs attrs) {
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}},
                     {.type = {DType::kF32, w}},
                     {.type = {DType::kF32, Shape{w[3]}}, .absent = !bias}},
          .attrs = attrs};
}

std::vector<OpCase> cases_depthwise_conv2d() {
  return {
      case_depthwise_conv2d("same", {1, 4, 5, 3}, {1, 3, 3, 3}, true, {.padding = Padding::kSame}),
      case_depthwise_conv2d("same_stride2", {2, 6, 5, 2}, {1, 3, 3, 2}, true,
                            {.stride = {2, 2}, .padding = Padding::kSame}),
      case_depthwise_conv2d("multiplier", {1, 4, 4, 2}, {1, 2, 3, 6}, true, {}),
      case_depthwise_conv2d("explicit_dilated", {1, 5, 4, 2}, {1, 3, 2, 2}, false,
                            {.dilation = {2, 2}, .padding = Padding::kExplicit, .pads = {2, 1, 0, 1}}),
  };
}

}  // namespace

constinit const OpDef depthwise_conv2d{
    .name = "depthwise_conv2d",
    .summary = "each channel of x [N,H,W,C] with its own M filters, weights [1,KH,KW,C*M]",
    .inputs = {"x", "weights", "bias?"},
    .default_attrs = attrs_of<DepthwiseConv2dAttrs>,
    .infer = infer_depthwise_conv2d,
    .reference = eval_depthwise_conv2d,
    .gradient = grad_depthwise_conv2d,
    .cost = cost_depthwise_conv2d,
    .cases = cases_depthwise_conv2d};

}  // namespace paw::op
