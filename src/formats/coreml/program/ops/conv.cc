// conv2d, depthwise_conv2d <-> conv
#include "formats/coreml/axes.h"
#include "formats/coreml/program/ops/dense.h"
#include "formats/coreml/program/ops/window.h"
#include "formats/coreml/program/rules.h"
#include "ops/conv2d.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

template <class A>
Status write_conv(NodeWriter& w, std::span<const int> weight_axes, std::int64_t groups) {
  const A& a = w.attrs<A>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  PAW_ASSIGN_OR_RETURN(const Var weights, w.weights(1, weight_axes));
  std::vector<Input> inputs = {{"x", {x}}, {"weight", {weights}}};
  if (w.has(2)) {
    PAW_ASSIGN_OR_RETURN(const Var bias, w.weights(2, kVector));
    inputs.push_back({"bias", {bias}});
  }
  add_window(w, a.stride, a.padding, a.pads, inputs);
  inputs.push_back({"dilations", {w.block().ints(a.dilation)}});
  inputs.push_back({"groups", {w.block().integer(groups)}});
  return w.out("conv", inputs);
}

// Of one pixel to one pixel, by one pixel of weights: a dense layer.
bool is_dense(NodeWriter& w) {
  const auto one_pixel = [](const Shape& shape) { return shape[1] == 1 && shape[2] == 1; };
  return one_pixel(w.type(0).shape) && one_pixel(w.type(1).shape) && one_pixel(w.out_type().shape) &&
         w.attrs<Conv2dAttrs>().groups == 1;
}

}  // namespace

Status write_conv2d(NodeWriter& w) {
  if (w.has_half_weights() && is_dense(w)) return pixel_of_half(w, kConvToFile);
  return write_conv<Conv2dAttrs>(w, kConvToFile, w.attrs<Conv2dAttrs>().groups);
}

Status write_depthwise_conv2d(NodeWriter& w) {
  return write_conv<DepthwiseConv2dAttrs>(w, kDepthwiseToFile, w.type(0).shape.back());
}

Status read_conv(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("weight"));
  if (shape.rank() != 4 || x.rank() != 4)
    return r.refuse("only convolutions of images are supported, not of " + x.text());
  PAW_ASSIGN_OR_RETURN(const WindowParameters window, read_window(r, {shape[2], shape[3]}));
  PAW_ASSIGN_OR_RETURN(const std::int64_t groups, r.integer("groups", 1));
  const bool depthwise = groups == x[1] && shape[1] == 1 && groups > 1;
  PAW_ASSIGN_OR_RETURN(const ValueId image, r.in("x", AxisOrder::home(4)));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.weights("weight", depthwise ? kDepthwiseToGraph : kConvToGraph));
  ValueId bias;
  if (r.has("bias")) {
    PAW_ASSIGN_OR_RETURN(bias, r.weights("bias", kVector));
  }
  const auto& [stride, dilation, padding, pads] = window;
  const ValueId y =
      depthwise
          ? r.call(op::depthwise_conv2d, {image, weights, bias}, DepthwiseConv2dAttrs{stride, dilation, padding, pads})
          : r.call(op::conv2d, {image, weights, bias}, Conv2dAttrs{stride, dilation, padding, pads, groups});
  return r.result(y, AxisOrder::home(4));
}

}  // namespace paw::coreml::program
