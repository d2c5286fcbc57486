#include "ops/conv_common.h"

#include "ops/checks.h"

namespace paw {

namespace {

Status check_image_and_weights(const OpCall& call, const Shape& x, const Shape& weights) {
  if (x.rank() != 4 || !x.valid()) return call.error("expected x as [N,H,W,C], got " + x.text());
  if (weights.rank() != 4 || !weights.valid()) return call.error("expected 4-D weights, got " + weights.text());
  return {};
}

Shape output_shape(const Shape& x, const Window& window, std::int64_t filters) {
  return {x[0], window.out[0], window.out[1], filters};
}

}  // namespace

Result<ConvGeometry> resolve_conv(const OpCall& call, const Shape& x, const Shape& weights, const Conv2dAttrs& attrs) {
  PAW_RETURN_IF_ERROR(check_image_and_weights(call, x, weights));
  const std::int64_t channels = x[3], filters = weights[0], groups = attrs.groups;
  if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
    return call.error(std::to_string(groups) + " groups do not divide " + std::to_string(channels) + " input and " +
                      std::to_string(filters) + " output channels");
  }
  if (weights[3] != channels / groups) {
    return call.error("expected weights [O,KH,KW," + std::to_string(channels / groups) + "] for x " + x.text() +
                      " with groups " + std::to_string(groups) + ", got " + weights.text());
  }
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_window(call, {x[1], x[2]}, {weights[1], weights[2]}, attrs.stride,
                                                           attrs.dilation, attrs.padding, attrs.pads));
  return ConvGeometry{.window = window,
                      .x = x,
                      .weights = weights,
                      .y = output_shape(x, window, filters),
                      .channels_per_group = static_cast<std::size_t>(channels / groups),
                      .filters_per_group = static_cast<std::size_t>(filters / groups),
                      .filter_stride = static_cast<std::size_t>(weights[1] * weights[2] * weights[3]),
                      .tap_stride = static_cast<std::size_t>(weights[3])};
}

Result<ConvGeometry> resolve_conv(const OpCall& call, const Shape& x, const Shape& weights,
                                  const DepthwiseConv2dAttrs& attrs) {
  PAW_RETURN_IF_ERROR(check_image_and_weights(call, x, weights));
  const std::int64_t channels = x[3], filters = weights[3];
  if (weights[0] != 1 || filters % channels != 0) {
    return call.error("expected weights [1,KH,KW,M*" + std::to_string(channels) + "] for x " + x.text() + ", got " +
                      weights.text());
  }
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_window(call, {x[1], x[2]}, {weights[1], weights[2]}, attrs.stride,
                                                           attrs.dilation, attrs.padding, attrs.pads));
  return ConvGeometry{.window = window,
                      .x = x,
                      .weights = weights,
                      .y = output_shape(x, window, filters),
                      .channels_per_group = 1,
                      .filters_per_group = static_cast<std::size_t>(filters / channels),
                      .filter_stride = 1,
                      .tap_stride = static_cast<std::size_t>(filters)};
}

Result<std::vector<TensorType>> infer_conv_forward(const OpCall& call, const Result<ConvGeometry>& geometry) {
  if (!geometry) return std::unexpected(geometry.error());
  PAW_RETURN_IF_ERROR(check_real_operands(call));
  if (call.has(2) && call.shape(2) != Shape{geometry->y[3]}) {
    return call.error("expected bias as [" + std::to_string(geometry->y[3]) + "], got " + call.in(2).text());
  }
  return std::vector{TensorType{call.in(0).dtype, geometry->y}};
}

Result<std::vector<TensorType>> infer_conv_gradient(const OpCall& call, const Result<ConvGeometry>& geometry,
                                                    const TensorType& dy, const Shape& like) {
  if (!geometry) return std::unexpected(geometry.error());
  PAW_RETURN_IF_ERROR(check_real_operands(call));
  if (!is_float(dy.dtype) || dy.shape != geometry->y) {
    return call.error("expected dy as float " + geometry->y.text() + ", got " + dy.text());
  }
  return std::vector{TensorType{dy.dtype, like}};
}

void eval_conv_forward(const ConvGeometry& g, const EvalArgs& args) {
  const double* x = args.in[0]->data.data();
  const double* weights = args.in[1]->data.data();
  std::vector<double>& y = args.out[0].data;
  if (args.call.has(2)) {
    const std::vector<double>& bias = args.in[2]->data;
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = bias[i % bias.size()];
  }
  for_each_run(g, [&](std::size_t out, std::size_t in, std::size_t w) {
    double sum = 0;
    for (std::size_t c = 0; c < g.channels_per_group; ++c) sum += x[in + c] * weights[w + c];
    y[out] += sum;
  });
}

void eval_conv_grad_input(const ConvGeometry& g, const EvalArgs& args) {
  const double* dy = args.in[0]->data.data();
  const double* weights = args.in[1]->data.data();
  double* dx = args.out[0].data.data();
  for_each_run(g, [&](std::size_t out, std::size_t in, std::size_t w) {
    for (std::size_t c = 0; c < g.channels_per_group; ++c) dx[in + c] += dy[out] * weights[w + c];
  });
}

void eval_conv_grad_weights(const ConvGeometry& g, const EvalArgs& args) {
  const double* x = args.in[0]->data.data();
  const double* dy = args.in[1]->data.data();
  double* dw = args.out[0].data.data();
  for_each_run(g, [&](std::size_t out, std::size_t in, std::size_t w) {
    for (std::size_t c = 0; c < g.channels_per_group; ++c) dw[w + c] += dy[out] * x[in + c];
  });
}

Cost conv_cost(const Result<ConvGeometry>& geometry) {
  if (!geometry) return {};
  return {.macs = count_product({geometry->y.elements(), geometry->window.kernel[0], geometry->window.kernel[1],
                                 static_cast<std::int64_t>(geometry->channels_per_group)})};
}

}  // namespace paw
