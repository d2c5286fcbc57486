#include <cmath>
#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

struct MobileNetV2Stage {
  std::int64_t expansion, filters, repeats, stride;
};

// Sandler et al. 2018, table 2.
constexpr MobileNetV2Stage kMobileNetV2Stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                                   {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

Result<Model> build_mobilenet_v2(const NetInfo& info, const NetOptions& options) {
  NetBuilder net(info, options);
  const double width = options.width;
  ValueId x = net.conv_bn_act(net.image(), "stem", {make_divisible(32 * width), 3, 2}, &op::relu6);
  int index = 0;
  for (const MobileNetV2Stage& stage : kMobileNetV2Stages) {
    // The published code truncates before it rounds.
    const std::int64_t filters = make_divisible(std::trunc(static_cast<double>(stage.filters) * width));
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      x = net.inverted_residual(
          x, "block" + std::to_string(index++),
          {.expanded = stage.expansion * net.channels(x), .filters = filters, .stride = i == 0 ? stage.stride : 1});
    }
  }
  // The paper widens the last layer for multipliers above 1 only.
  x = net.conv_bn_act(x, "head", {width > 1 ? make_divisible(1280 * width) : 1280}, &op::relu6);
  return net.finish(net.global_mean(x), 0.2);
}

}  // namespace

namespace net {

constinit const NetInfo mobilenet_v2{
    .name = "mobilenet_v2",
    .summary = "inverted residuals with linear bottlenecks",
    .source =
        "Sandler et al. 2018, arXiv:1801.04381; layout and padding of keras.applications.MobileNetV2, dropout 0.2 "
        "as in the paper's own code",
    .has_width = true,
    .preprocess = inception_preprocess(224, 256, ResizeFilter::kBilinear),
    .build = build_mobilenet_v2};

}  // namespace net

}  // namespace paw
