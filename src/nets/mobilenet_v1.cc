#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

struct MobileNetV1Stage {
  std::int64_t filters, stride;
};

// Howard et al. 2017, table 1: depthwise 3x3, then pointwise.
constexpr MobileNetV1Stage kMobileNetV1Stages[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                                                   {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                                                   {512, 1}, {1024, 2}, {1024, 1}};

Result<Model> build_mobilenet_v1(const NetInfo& info, const NetOptions& options) {
  NetBuilder net(info, options, {.padding = PaddingStyle::kBottomRight});
  // Truncated, not rounded to a multiple of 8: as published.
  const auto scaled = [&](std::int64_t filters) {
    return static_cast<std::int64_t>(static_cast<double>(filters) * options.width);
  };
  ValueId x = net.conv_bn_act(net.image(), "stem", {scaled(32), 3, 2}, &op::relu6);
  int index = 0;
  for (const MobileNetV1Stage& stage : kMobileNetV1Stages) {
    const std::string name = "block" + std::to_string(++index);
    x = net.depthwise_bn_act(x, name + "/dw", 3, stage.stride, &op::relu6);
    x = net.conv_bn_act(x, name + "/pw", {scaled(stage.filters)}, &op::relu6);
  }
  return net.finish(net.global_mean(x), 1e-3);
}

}  // namespace

namespace net {

constinit const NetInfo mobilenet_v1{
    .name = "mobilenet_v1",
    .summary = "depthwise-separable convolutions",
    .source = "Howard et al. 2017, arXiv:1704.04861; layout, padding and dropout 0.001 of keras.applications.MobileNet",
    .has_width = true,
    .preprocess = inception_preprocess(224, 256, ResizeFilter::kBilinear),
    .build = build_mobilenet_v1};

}  // namespace net

}  // namespace paw
