// conv2d, depthwise_conv2d <-> convolution
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/network/ops/window.h"
#include "formats/coreml/network/rules.h"
#include "ops/conv2d.h"
#include "ops/ops.h"

namespace paw::coreml::network {

namespace {

template <class A>
Status write_conv(LayerWriter& w, std::span<const int> weight_axes, std::int64_t groups, std::int64_t kernel_channels,
                  std::array<std::int64_t, 2> kernel) {
  const A& a = w.attrs<A>();
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  schema::Convolution& c = *w.out({x}).mutable_convolution();
  c.set_output_channels(static_cast<std::uint64_t>(w.out_type().shape.back()));
  c.set_kernel_channels(static_cast<std::uint64_t>(kernel_channels));
  if (groups != 1) c.set_groups(static_cast<std::uint64_t>(groups));  // not stated: 1
  c.set_kernel(pack_pair(kernel, kUnstatedKernel));
  c.set_stride(pack_pair(a.stride, kUnstatedStep));
  c.set_dilation(pack_pair(a.dilation, kUnstatedStep));
  write_padding(a.padding, a.pads, c);
  PAW_RETURN_IF_ERROR(w.weights(1, weight_axes, *c.mutable_weights()));
  if (!w.has(2)) return {};
  c.set_biased(true);
  return w.weights(2, kVector, *c.mutable_bias());
}

}  // namespace

Status write_conv2d(LayerWriter& w) {
  const Shape& k = w.type(1).shape;
  return write_conv<Conv2dAttrs>(w, kConvToFile, w.attrs<Conv2dAttrs>().groups, k[3], {k[1], k[2]});
}

Status write_depthwise_conv2d(LayerWriter& w) {
  const Shape& k = w.type(1).shape;
  return write_conv<DepthwiseConv2dAttrs>(w, kDepthwiseToFile, w.type(0).shape.back(), 1, {k[1], k[2]});
}

Status read_convolution(LayerReader& r) {
  const schema::Convolution& c = r.layer().convolution();
  if (c.transposed()) return r.refuse("is a transposed convolution, which is not supported");
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape(0));
  if (x.rank() != 4 || r.input_count() != 1)
    return r.refuse("only convolutions of images with weights of their own are supported");
  PAW_ASSIGN_OR_RETURN(const auto kernel, read_pair(r, c.kernel(), kUnstatedKernel));
  PAW_ASSIGN_OR_RETURN(const auto stride, read_pair(r, c.stride(), kUnstatedStep));
  PAW_ASSIGN_OR_RETURN(const auto dilation, read_pair(r, c.dilation(), kUnstatedStep));
  PAW_ASSIGN_OR_RETURN(const auto edges, read_edges(r, c.valid().amounts()));
  WindowPadding window = explicit_padding(edges);
  if (c.has_same()) {
    PAW_ASSIGN_OR_RETURN(window, same_padding(r, {x[2], x[3]}, kernel, stride, dilation, c.same().mode() == 1));
  }
  const auto groups = static_cast<std::int64_t>(std::clamp<std::uint64_t>(c.groups(), 1, kMaxExtent));
  const auto channels = static_cast<std::int64_t>(std::min<std::uint64_t>(c.kernel_channels(), kMaxExtent));
  const auto filters = static_cast<std::int64_t>(std::min<std::uint64_t>(c.output_channels(), kMaxExtent));
  const std::array<std::int64_t, 4> extents = {filters, channels, kernel[0], kernel[1]};
  const auto shape = Shape::checked(extents);
  if (!shape) return r.refuse("its weights have an extent of 0, or are too large");
  const bool depthwise = groups == x[1] && channels == 1 && groups > 1;
  PAW_ASSIGN_OR_RETURN(const ValueId image, r.in(0, AxisOrder::home(4)));
  PAW_ASSIGN_OR_RETURN(const ValueId weights,
                       r.weights(c.weights(), *shape, depthwise ? kDepthwiseToGraph : kConvToGraph));
  ValueId bias;
  if (c.biased()) {
    PAW_ASSIGN_OR_RETURN(bias, r.weights(c.bias(), Shape{filters}, kVector));
  }
  const auto& [padding, pads] = window;
  const ValueId y =
      depthwise
          ? r.call(op::depthwise_conv2d, {image, weights, bias}, DepthwiseConv2dAttrs{stride, dilation, padding, pads})
          : r.call(op::conv2d, {image, weights, bias}, Conv2dAttrs{stride, dilation, padding, pads, groups});
  return r.result(y, AxisOrder::home(4));
}

}  // namespace paw::coreml::network
