#include "ops/conv2d.h"

#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::op {

namespace {

Result<Window> window_of(const OpCall& call) {
  const auto& a = call.as<Conv2dAttrs>();
  const Shape& x = call.shape(0);
  const Shape& w = call.shape(1);
  return resolve_window(call, {x[1], x[2]}, {w[1], w[2]}, a.stride, a.dilation, a.padding, a.pads);
}

Result<std::vector<TensorType>> infer(const OpCall& call) {
  const TensorType& x = call.in(0);
  const TensorType& w = call.in(1);
  const std::int64_t groups = call.as<Conv2dAttrs>().groups;
  if (!x.is_real() || x.shape.rank() != 4) return call.error("expected x as real NHWC, got " + x.text());
  if (!w.is_real() || w.shape.rank() != 4) return call.error("expected weights as real [O,KH,KW,I], got " + w.text());
  const std::int64_t channels = x.shape[3];
  const std::int64_t filters = w.shape[0];
  if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
    return call.error(std::to_string(groups) + " groups do not divide " + std::to_string(channels) + " input and " +
                      std::to_string(filters) + " output channels");
  }
  if (w.shape[3] != channels / groups) {
    return call.error("weights " + w.text() + " do not fit input " + x.text() + " with groups " +
                      std::to_string(groups));
  }
  if (call.has(2) && (!call.in(2).is_real() || call.shape(2) != Shape{filters})) {
    return call.error("expected bias [" + std::to_string(filters) + "], got " + call.in(2).text());
  }
  PAW_ASSIGN_OR_RETURN(const Window window, window_of(call));
  return std::vector{TensorType{x.dtype, {x.shape[0], window.out[0], window.out[1], filters}}};
}

void eval(const EvalArgs& args) {
  const Window w = *window_of(args.call);
  const RefTensor& x = *args.in[0];
  const RefTensor& weights = *args.in[1];
  RefTensor& y = args.out[0];
  const std::int64_t groups = args.call.as<Conv2dAttrs>().groups;
  const std::int64_t channels = x.shape[3], filters = y.shape[3];
  const std::int64_t per_group = channels / groups, filters_per_group = filters / groups;
  std::size_t at = 0;
  for (std::int64_t n = 0; n < y.shape[0]; ++n) {
    for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
      for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
        for (std::int64_t o = 0; o < filters; ++o) {
          double sum = args.in[2] != nullptr ? args.in[2]->data[static_cast<std::size_t>(o)] : 0.0;
          const std::int64_t first = o / filters_per_group * per_group;
          for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
            const std::int64_t iy = oy * w.stride[0] + ky * w.dilation[0] - w.pad_before[0];
            if (iy < 0 || iy >= w.in[0]) continue;
            for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
              const std::int64_t ix = ox * w.stride[1] + kx * w.dilation[1] - w.pad_before[1];
              if (ix < 0 || ix >= w.in[1]) continue;
              const double* px =
                  &x.data[static_cast<std::size_t>(((n * w.in[0] + iy) * w.in[1] + ix) * channels + first)];
              const double* pw =
                  &weights.data[static_cast<std::size_t>(((o * w.kernel[0] + ky) * w.kernel[1] + kx) * per_group)];
              for (std::int64_t c = 0; c < per_group; ++c) sum += px[c] * pw[c];
            }
          }
          y.data[at++] = sum;
        }
      }
    }
  }
}

std::array<std::int64_t, 4> extents4(const Shape& s) { return {s[0], s[1], s[2], s[3]}; }

std::vector<ValueId> grad(GradContext& g) {
  const auto& a = g.attrs<Conv2dAttrs>();
  std::vector<ValueId> grads(3);
  if (g.wants(0)) {
    grads[0] = g.call(conv2d_grad_input, {g.grad(), g.in(1)}, Conv2dGradAttrs{a, extents4(g.type(g.in(0)).shape)});
  }
  if (g.wants(1)) {
    grads[1] = g.call(conv2d_grad_weights, {g.in(0), g.grad()}, Conv2dGradAttrs{a, extents4(g.type(g.in(1)).shape)});
  }
  if (g.wants(2)) grads[2] = g.call(reduce_sum, {g.grad()}, ReduceAttrs{{0, 1, 2}});
  return grads;
}

Cost cost(const OpCall& call, std::span<const TensorType> outputs) {
  const Shape& w = call.shape(1);
  return {.macs = outputs[0].shape.elements() * w[1] * w[2] * w[3]};
}

OpCase make(std::string name, Shape x, Shape w, bool bias, Conv2dAttrs attrs) {
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}},
                     {.type = {DType::kF32, w}},
                     {.type = {DType::kF32, Shape{w[0]}}, .absent = !bias}},
          .attrs = attrs};
}

std::vector<OpCase> cases() {
  return {
      make("pointwise", {1, 4, 3, 5}, {7, 1, 1, 5}, true, {}),
      make("same_stride2", {2, 5, 6, 3}, {4, 3, 3, 3}, true, {.stride = {2, 2}, .padding = Padding::kSame}),
      make("valid_dilated", {1, 7, 8, 2}, {3, 3, 2, 2}, false, {.dilation = {2, 3}}),
      make("explicit_pads", {1, 4, 4, 2}, {2, 3, 3, 2}, true,
           {.stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 0, 2, 1}}),
      make("groups", {1, 4, 4, 6}, {4, 3, 3, 3}, true, {.padding = Padding::kSame, .groups = 2}),
  };
}

}  // namespace

constinit const OpDef conv2d{.name = "conv2d",
                             .summary = "2-D cross-correlation, x [N,H,W,C], weights [O,KH,KW,C/groups]",
                             .inputs = {"x", "weights", "bias?"},
                             .default_attrs = attrs_of<Conv2dAttrs>,
                             .infer = infer,
                             .reference = eval,
                             .gradient = grad,
                             .cost = cost,
                             .cases = cases};

}  // namespace paw::op
