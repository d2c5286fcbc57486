#include <array>
#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

// He et al. 2016, table 1; the stride of a bottleneck sits on its 3x3 convolution, as in torchvision.
Result<Model> build_resnet(const NetInfo& info, const NetOptions& options, std::array<int, 4> repeats,
                           bool bottleneck) {
  NetBuilder net(info, options, {.epsilon = 1e-5, .padding = PaddingStyle::kSymmetric});
  ValueId x = net.conv_bn_act(net.image(), "stem", {64, 7, 2}, &op::relu);
  x = net.max_pool(x, "maxpool", 3, 2);
  std::int64_t filters = 64;
  for (std::size_t stage = 0; stage < repeats.size(); ++stage, filters *= 2) {
    for (int i = 0; i < repeats[stage]; ++i) {
      const std::string name = "layer" + std::to_string(stage + 1) + "/" + std::to_string(i);
      const std::int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      x = bottleneck ? net.residual_bottleneck(x, name, filters, stride) : net.residual_basic(x, name, filters, stride);
    }
  }
  return net.finish(net.global_mean(x), 0);
}

constexpr std::string_view kSource = "He et al. 2016, arXiv:1512.03385; layout and padding of torchvision.models";

}  // namespace

namespace net {

constinit const NetInfo resnet18{.name = "resnet18",
                                 .summary = "residual net of 3x3 convolutions",
                                 .source = kSource,
                                 .preprocess = imagenet_preprocess(224, 256, ResizeFilter::kBilinear),
                                 .build = [](const NetInfo& info, const NetOptions& options) {
                                   return build_resnet(info, options, {2, 2, 2, 2}, false);
                                 }};

constinit const NetInfo resnet50{.name = "resnet50",
                                 .summary = "residual net of bottleneck blocks",
                                 .source = kSource,
                                 .preprocess = imagenet_preprocess(224, 256, ResizeFilter::kBilinear),
                                 .build = [](const NetInfo& info, const NetOptions& options) {
                                   return build_resnet(info, options, {3, 4, 6, 3}, true);
                                 }};

}  // namespace net

}  // namespace paw
