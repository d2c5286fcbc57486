#include "nets/blocks.h"

#include <algorithm>
#include <cmath>

#include "ops/normalization.h"
#include "ops/pool.h"
#include "ops/reduce.h"

namespace paw {

namespace {

constexpr double kClassifierStddev = 0.01;  // as torchvision's MobileNets

Preprocess resized(Preprocess p, std::int64_t size) {
  p.resize_short = std::llround(static_cast<double>(p.resize_short * size) / static_cast<double>(p.width));
  p.width = p.height = size;
  return p;
}

}  // namespace

std::int64_t make_divisible(double channels) {
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(channels + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * channels ? rounded + 8 : rounded;
}

NetBuilder::NetBuilder(const NetInfo& info, const NetOptions& options, BlockStyle style)
    : info_(info), options_(options), style_(style), weights_(options), graph_(std::string(info.name)) {
  if (options_.size == 0) options_.size = info.preprocess.width;
  if (options_.classes == 0) options_.classes = info.classes;
  image_ = graph_.input("image", {DType::kF32, {options_.batch, options_.size, options_.size, 3}});
}

// Images are square all the way, so one extent tells the padding of both axes. What equals SAME at this extent is
// called SAME: every file format can say that, few can hold explicit pads.
NetBuilder::Fit NetBuilder::fit(ValueId x, std::int64_t kernel, std::int64_t stride, PaddingStyle style) const {
  if (kernel == 1) return {Padding::kValid, {}};
  if (style == PaddingStyle::kSame) return {Padding::kSame, {}};
  const std::int64_t extent = graph_.shape(x)[1];
  const std::int64_t same = std::max<std::int64_t>(((extent + stride - 1) / stride - 1) * stride + kernel - extent, 0);
  const std::int64_t after = kernel / 2;
  const std::int64_t before = style == PaddingStyle::kBottomRight && stride > 1 ? after - 1 : after;
  if (before == same / 2 && after == same - same / 2) return {Padding::kSame, {}};
  return {Padding::kExplicit, {before, after, before, after}};
}

ValueId NetBuilder::activate(ValueId x, const std::string& name, Activation activation) {
  if (activation == nullptr) return x;
  graph_.set_scope(name + "/" + std::string(activation->name));
  return graph_.call(*activation, {x});
}

ValueId NetBuilder::batch_norm(ValueId x, const std::string& name) {
  const std::string scope = name + "/bn";
  const Shape per_channel{channels(x)};
  const ValueId scale = graph_.constant(weights_.filled(per_channel, 1), scope + "/scale");
  const ValueId offset = graph_.constant(weights_.filled(per_channel, 0), scope + "/offset");
  const ValueId mean = graph_.constant(weights_.filled(per_channel, 0), scope + "/mean");
  const ValueId variance = graph_.constant(weights_.filled(per_channel, 1), scope + "/variance");
  graph_.set_scope(scope);
  return graph_.call(op::batch_norm, {x, scale, offset, mean, variance}, BatchNormAttrs{style_.epsilon});
}

ValueId NetBuilder::conv(ValueId x, const std::string& name, ConvSpec spec, bool bias) {
  const Fit f = fit(x, spec.kernel, spec.stride,
                    style_.padding == PaddingStyle::kSymmetric ? PaddingStyle::kSymmetric : PaddingStyle::kSame);
  const Shape shape{spec.filters, spec.kernel, spec.kernel, channels(x)};
  const std::string weights = name + "/weights";
  std::vector<ValueId> inputs = {
      x, graph_.constant(weights_.he_normal(shape, spec.kernel * spec.kernel * spec.filters, weights), weights)};
  if (bias) inputs.push_back(graph_.constant(weights_.filled(Shape{spec.filters}, 0), name + "/bias"));
  graph_.set_scope(name);
  return graph_.call(op::conv2d, inputs,
                     Conv2dAttrs{.stride = {spec.stride, spec.stride}, .padding = f.padding, .pads = f.pads});
}

ValueId NetBuilder::conv_bn_act(ValueId x, const std::string& name, ConvSpec spec, Activation activation) {
  return activate(batch_norm(conv(x, name, spec), name), name, activation);
}

ValueId NetBuilder::depthwise_bn_act(ValueId x, const std::string& name, std::int64_t kernel, std::int64_t stride,
                                     Activation activation) {
  const Fit f = fit(x, kernel, stride, style_.padding);
  const std::string weights = name + "/weights";
  const ValueId w =
      graph_.constant(weights_.he_normal({1, kernel, kernel, channels(x)}, kernel * kernel, weights), weights);
  graph_.set_scope(name);
  const ValueId y = graph_.call(op::depthwise_conv2d, {x, w},
                                DepthwiseConv2dAttrs{.stride = {stride, stride}, .padding = f.padding, .pads = f.pads});
  return activate(batch_norm(y, name), name, activation);
}

ValueId NetBuilder::squeeze_excite(ValueId x, const std::string& name, std::int64_t squeezed) {
  graph_.set_scope(name + "/mean");
  const ValueId mean = graph_.call(op::reduce_mean, {x}, ReduceAttrs{.axes = {1, 2}, .keep_dims = true});
  const ValueId inner = activate(conv(mean, name + "/squeeze", {squeezed}, true), name + "/squeeze", style_.squeeze);
  const ValueId gate = activate(conv(inner, name + "/excite", {channels(x)}, true), name + "/excite", style_.gate);
  graph_.set_scope(name + "/scale");
  return graph_.call(op::mul, {x, gate});
}

ValueId NetBuilder::add(ValueId a, ValueId b, const std::string& name) {
  graph_.set_scope(name);
  return graph_.call(op::add, {a, b});
}

ValueId NetBuilder::inverted_residual(ValueId x, const std::string& name, const InvertedResidual& block) {
  ValueId y = x;
  if (block.expanded != channels(x)) y = conv_bn_act(y, name + "/expand", {block.expanded}, block.activation);
  y = depthwise_bn_act(y, name + "/dw", block.kernel, block.stride, block.activation);
  if (block.squeezed > 0) y = squeeze_excite(y, name + "/se", block.squeezed);
  y = conv_bn_act(y, name + "/project", {block.filters}, nullptr);
  return block.stride == 1 && block.filters == channels(x) ? add(x, y, name + "/add") : y;
}

ValueId NetBuilder::shortcut(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride) {
  if (stride == 1 && filters == channels(x)) return x;
  return conv_bn_act(x, name + "/downsample", {filters, 1, stride}, nullptr);
}

ValueId NetBuilder::residual_basic(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride) {
  ValueId y = conv_bn_act(x, name + "/conv1", {filters, 3, stride}, &op::relu);
  y = conv_bn_act(y, name + "/conv2", {filters, 3}, nullptr);
  const ValueId sum = add(y, shortcut(x, name, filters, stride), name + "/add");
  return activate(sum, name, &op::relu);
}

ValueId NetBuilder::residual_bottleneck(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride) {
  ValueId y = conv_bn_act(x, name + "/conv1", {filters}, &op::relu);
  y = conv_bn_act(y, name + "/conv2", {filters, 3, stride}, &op::relu);
  y = conv_bn_act(y, name + "/conv3", {4 * filters}, nullptr);
  const ValueId sum = add(y, shortcut(x, name, 4 * filters, stride), name + "/add");
  return activate(sum, name, &op::relu);
}

ValueId NetBuilder::max_pool(ValueId x, const std::string& name, std::int64_t kernel, std::int64_t stride) {
  const Fit f = fit(x, kernel, stride, style_.padding);
  graph_.set_scope(name);
  return graph_.call(
      op::max_pool, {x},
      PoolAttrs{.kernel = {kernel, kernel}, .stride = {stride, stride}, .padding = f.padding, .pads = f.pads});
}

ValueId NetBuilder::global_mean(ValueId x) {
  graph_.set_scope("pool");
  return graph_.call(op::reduce_mean, {x}, ReduceAttrs{.axes = {1, 2}});
}

ValueId NetBuilder::dense(ValueId x, const std::string& name, std::int64_t units) {
  const std::int64_t inputs = graph_.shape(x)[1];
  const std::string weights = name + "/weights";
  const ValueId w = graph_.constant(weights_.he_normal({units, inputs}, units, weights), weights);
  const ValueId b = graph_.constant(weights_.filled(Shape{units}, 0), name + "/bias");
  graph_.set_scope(name);
  return graph_.call(op::fully_connected, {x, w, b});
}

Result<Model> NetBuilder::finish(ValueId features, double dropout_rate) {
  ValueId x = features;
  graph_.set_scope("dropout");
  if (dropout_rate > 0) x = graph_.call(op::dropout, {x}, DropoutAttrs{.rate = dropout_rate});
  const std::string weights = "classifier/weights";
  const ValueId w =
      graph_.constant(weights_.normal({options_.classes, graph_.shape(x)[1]}, kClassifierStddev, weights), weights);
  const ValueId b = graph_.constant(weights_.filled(Shape{options_.classes}, 0), "classifier/bias");
  graph_.set_scope("classifier");
  const ValueId logits = graph_.call(op::fully_connected, {x, w, b}, {}, {.name = "logits"});
  graph_.set_scope("softmax");
  graph_.output(graph_.call(op::softmax, {logits}, {}, {.name = "probabilities"}));

  PAW_ASSIGN_OR_RETURN(Graph graph, graph_.finish());
  graph[features].name = "features";
  Model model;
  model.graph = std::move(graph);
  model.preprocess = resized(info_.preprocess, options_.size);
  model.provenance.origin = "net " + std::string(info_.name);
  return model;
}

}  // namespace paw
