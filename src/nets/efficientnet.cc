#include <algorithm>
#include <cmath>
#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

struct EfficientNetStage {
  std::int64_t expansion, filters, repeats, stride, kernel;
};

// Tan & Le 2019, table 1: the baseline that all of them scale.
constexpr EfficientNetStage kEfficientNetStages[] = {{1, 16, 1, 1, 3}, {6, 24, 2, 2, 3},  {6, 40, 2, 2, 5},
                                                     {6, 80, 3, 2, 3}, {6, 112, 3, 1, 5}, {6, 192, 4, 2, 5},
                                                     {6, 320, 1, 1, 3}};

struct Scaling {
  double width, depth;
  bool lite;  // no squeeze-excite, ReLU6, stem, head and the repeats of the first and last stage not scaled
  double dropout;
};

std::int64_t repeats_of(const EfficientNetStage& stage, const Scaling& scaling) {
  const bool end = &stage == std::begin(kEfficientNetStages) || &stage == std::end(kEfficientNetStages) - 1;
  if (scaling.lite && end) return stage.repeats;
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(stage.repeats) * scaling.depth));
}

template <Scaling kScaling>
Result<Model> build_efficientnet(const NetInfo& info, const NetOptions& options) {
  const Activation activation = kScaling.lite ? &op::relu6 : &op::silu;
  NetBuilder net(info, options, {.squeeze = &op::silu, .gate = &op::sigmoid});
  const auto scaled = [](std::int64_t filters, bool fixed) {
    return fixed ? filters : make_divisible(static_cast<double>(filters) * kScaling.width);
  };
  ValueId x = net.conv_bn_act(net.image(), "stem", {scaled(32, kScaling.lite), 3, 2}, activation);
  int index = 0;
  for (const EfficientNetStage& stage : kEfficientNetStages) {
    for (std::int64_t i = 0; i < repeats_of(stage, kScaling); ++i) {
      const std::int64_t inputs = net.channels(x);
      x = net.inverted_residual(x, "block" + std::to_string(index++),
                                {.expanded = stage.expansion * inputs,
                                 .filters = scaled(stage.filters, false),
                                 .kernel = stage.kernel,
                                 .stride = i == 0 ? stage.stride : 1,
                                 .squeezed = kScaling.lite ? 0 : std::max<std::int64_t>(1, inputs / 4),
                                 .activation = activation});
    }
  }
  x = net.conv_bn_act(x, "head", {scaled(1280, kScaling.lite)}, activation);
  return net.finish(net.global_mean(x), kScaling.dropout);
}

constexpr std::string_view kLiteSource =
    "Liu & Tan 2020 (EfficientNet-Lite, TensorFlow TPU models); layout and padding of timm tf_efficientnet_lite";
constexpr std::string_view kLiteSummary = "EfficientNet without squeeze-excite and swish, for phones";

template <Scaling kScaling>
consteval NetInfo lite(std::string_view name, std::int64_t size) {
  return {.name = name,
          .summary = kLiteSummary,
          .source = kLiteSource,
          .preprocess = lite_preprocess(size),
          .build = build_efficientnet<kScaling>};
}

}  // namespace

namespace net {

constinit const NetInfo efficientnet_lite0 = lite<Scaling{1.0, 1.0, true, 0.2}>("efficientnet_lite0", 224);
constinit const NetInfo efficientnet_lite1 = lite<Scaling{1.0, 1.1, true, 0.2}>("efficientnet_lite1", 240);
constinit const NetInfo efficientnet_lite2 = lite<Scaling{1.1, 1.2, true, 0.3}>("efficientnet_lite2", 260);
constinit const NetInfo efficientnet_lite3 = lite<Scaling{1.2, 1.4, true, 0.3}>("efficientnet_lite3", 280);
constinit const NetInfo efficientnet_lite4 = lite<Scaling{1.4, 1.8, true, 0.3}>("efficientnet_lite4", 300);

constinit const NetInfo efficientnet_b0{
    .name = "efficientnet_b0",
    .summary = "inverted residuals with squeeze-excite and swish",
    .source =
        "Tan & Le 2019, arXiv:1905.11946; layout and padding of keras.applications.EfficientNetB0 (its input "
        "normalisation is our preprocessing), without stochastic depth",
    .preprocess = imagenet_preprocess(224, 256, ResizeFilter::kBicubic),
    .build = build_efficientnet<Scaling{1.0, 1.0, false, 0.2}>};

}  // namespace net

}  // namespace paw
