#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

// Whole 3x3 convolutions step down: while channels are few they use the arithmetic units best and learn fastest.
// Separable residuals follow where the maps are small; docs/nets.md has what was tried.
struct PawNetStage {
  std::int64_t filters;
  int residuals;
};
constexpr PawNetStage kPawNetStages[] = {{24, 0}, {48, 0}, {96, 2}, {192, 1}};

Result<Model> build_pawnet(const NetInfo& info, const NetOptions& options) {
  NetBuilder net(info, options);
  ValueId x = net.conv_bn_act(net.image(), "stem", {16, 3, 2}, &op::relu6);
  int index = 0;
  for (const PawNetStage& stage : kPawNetStages) {
    const std::string name = "stage" + std::to_string(++index);
    x = net.conv_bn_act(x, name + "/down", {stage.filters, 3, 2}, &op::relu6);
    for (int i = 1; i <= stage.residuals; ++i) {
      const std::string block = name + "/block" + std::to_string(i);
      ValueId y = net.depthwise_bn_act(x, block + "/dw", 3, 1, &op::relu6);
      y = net.conv_bn_act(y, block + "/pw", {stage.filters}, &op::relu6);
      x = net.add(x, y, block + "/add");
    }
  }
  return net.finish(net.global_mean(x), 0.2);
}

}  // namespace

namespace net {

constinit const NetInfo pawnet{.name = "pawnet",
                               .summary = "our own small net, made to be trained from scratch on a CPU",
                               .source = "Pawprint",
                               .classes = 2,
                               .preprocess = inception_preprocess(224, 224, ResizeFilter::kBilinear),
                               .build = build_pawnet};

}  // namespace net

}  // namespace paw
