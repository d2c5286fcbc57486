// What conv2d, depthwise_conv2d and their gradients share: one check of shapes and attributes, one loop nest. A
// depthwise convolution is one with as many groups as channels whose weights are laid out channels-last.
#pragma once

#include "ops/conv2d.h"

namespace paw {

// One convolution, resolved.
struct ConvGeometry {
  Window window;
  Shape x, weights, y;
  std::size_t channels_per_group = 1, filters_per_group = 1;
  std::size_t filter_stride = 1, tap_stride = 1;  // of the weights, in elements; channels are contiguous
};

// Errors: wrong rank, groups or multiplier that do not divide, weights that do not fit, an impossible window.
Result<ConvGeometry> resolve_conv(const OpCall& call, const Shape& x, const Shape& weights, const Conv2dAttrs& attrs);
Result<ConvGeometry> resolve_conv(const OpCall& call, const Shape& x, const Shape& weights,
                                  const DepthwiseConv2dAttrs& attrs);

// Calls f(index in y, first index in x, first index in weights) for every product run of channels_per_group elements.
template <class F>
void for_each_run(const ConvGeometry& g, F f) {
  const auto filters = static_cast<std::size_t>(g.y[3]), channels = static_cast<std::size_t>(g.x[3]);
  for_each_tap(g.window, g.x[0], [&](std::size_t out, std::size_t tap, std::size_t in) {
    for (std::size_t o = 0; o < filters; ++o) {
      const std::size_t group = o / g.filters_per_group;
      f(out * filters + o, in * channels + group * g.channels_per_group, o * g.filter_stride + tap * g.tap_stride);
    }
  });
}

Result<std::vector<TensorType>> infer_conv_forward(const OpCall& call, const Result<ConvGeometry>& geometry);
// dy: the gradient that comes in; like: the shape of the result.
Result<std::vector<TensorType>> infer_conv_gradient(const OpCall& call, const Result<ConvGeometry>& geometry,
                                                    const TensorType& dy, const Shape& like);
void eval_conv_forward(const ConvGeometry& g, const EvalArgs& args);
void eval_conv_grad_input(const ConvGeometry& g, const EvalArgs& args);
void eval_conv_grad_weights(const ConvGeometry& g, const EvalArgs& args);
Cost conv_cost(const Result<ConvGeometry>& geometry);

// The operands that each op of the family resolves its geometry from. A: Conv2dAttrs or DepthwiseConv2dAttrs; G: the
// gradient attributes {A conv; shape}.
template <class A>
Result<ConvGeometry> forward_geometry(const OpCall& call) {
  return resolve_conv(call, call.shape(0), call.shape(1), call.as<A>());
}
template <class G>
Result<ConvGeometry> grad_input_geometry(const OpCall& call) {
  return resolve_conv(call, Shape(call.as<G>().shape), call.shape(1), call.as<G>().conv);
}
template <class G>
Result<ConvGeometry> grad_weights_geometry(const OpCall& call) {
  return resolve_conv(call, call.shape(0), Shape(call.as<G>().shape), call.as<G>().conv);
}

inline std::array<std::int64_t, 4> extents4(const Shape& s) { return {s[0], s[1], s[2], s[3]}; }

}  // namespace paw
