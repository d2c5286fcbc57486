#include "ops/conv2d.h"

#include "ops/conv_common.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::op {

namespace {

Result<ConvGeometry> geometry_conv2d(const OpCall& call) { return forward_geometry<Conv2dAttrs>(call); }

Result<std::vector<TensorType>> infer_conv2d(const OpCall& call) {
  return infer_conv_forward(call, geometry_conv2d(call));
}

void eval_conv2d(const EvalArgs& args) { eval_conv_forward(*geometry_conv2d(args.call), args); }

std::vector<ValueId> grad_conv2d(GradContext& g) {
  const auto& a = g.attrs<Conv2dAttrs>();
  std::vector<ValueId> grads(g.input_count());
  if (g.wants(0)) {
    grads[0] = g.call(conv2d_grad_input, {g.grad(), g.in(1)}, Conv2dGradAttrs{a, extents4(g.type(g.in(0)).shape)});
  }
  if (g.wants(1)) {
    grads[1] = g.call(conv2d_grad_weights, {g.in(0), g.grad()}, Conv2dGradAttrs{a, extents4(g.type(g.in(1)).shape)});
  }
  if (g.wants(2)) grads[2] = g.call(reduce_sum, {g.grad()}, ReduceAttrs{{0, 1, 2}});
  return grads;
}

Cost cost_conv2d(const OpCall& call, std::span<const TensorType>) { return conv_cost(geometry_conv2d(call)); }

OpCase case_conv2d(std::string name, Shape x, Shape w, bool bias, Conv2dAttrs attrs) {
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}},
                     {.type = {DType::kF32, w}},
                     {.type = {DType::kF32, Shape{w[0]}}, .absent = !bias}},
          .attrs = attrs};
}

std::vector<OpCase> cases_conv2d() {
  return {
      case_conv2d("pointwise", {1, 4, 3, 5}, {7, 1, 1, 5}, true, {}),
      case_conv2d("same_stride2", {2, 5, 6, 3}, {4, 3, 3, 3}, true, {.stride = {2, 2}, .padding = Padding::kSame}),
      case_conv2d("valid_dilated", {1, 7, 8, 2}, {3, 3, 2, 2}, false, {.dilation = {2, 3}}),
      case_conv2d("explicit_pads", {1, 4, 4, 2}, {2, 3, 3, 2}, true,
                  {.stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 0, 2, 1}}),
      case_conv2d("groups", {1, 4, 4, 6}, {4, 3, 3, 3}, true, {.padding = Padding::kSame, .groups = 2}),
  };
}

}  // namespace

constinit const OpDef conv2d{.name = "conv2d",
                             .summary = "2-D cross-correlation, x [N,H,W,C], weights [O,KH,KW,C/groups]",
                             .inputs = {"x", "weights", "bias?"},
                             .default_attrs = attrs_of<Conv2dAttrs>,
                             .infer = infer_conv2d,
                             .reference = eval_conv2d,
                             .gradient = grad_conv2d,
                             .cost = cost_conv2d,
                             .cases = cases_conv2d};

}  // namespace paw::op
