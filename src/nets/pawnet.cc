#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

// Whole 3x3 convolutions while channels are few, where they use the arithmetic units best and learn fastest;
// depthwise-separable residuals where they would be most of the parameters.
struct Stage {
  std::int64_t filters;
  bool separable;  // the strided layer is depthwise + pointwise instead of a 3x3 convolution
  int residuals;   // separable residual blocks behind it
};
constexpr Stage kStages[] = {{32, false, 0}, {64, false, 1}, {128, false, 2}, {256, true, 1}};

Result<Model> build(const NetInfo& info, const NetOptions& options) {
  NetBuilder net(info, options);
  ValueId x = net.conv_bn_act(net.image(), "stem", {16, 3, 2}, &op::relu6);
  int index = 0;
  for (const Stage& stage : kStages) {
    const std::string name = "stage" + std::to_string(++index);
    if (stage.separable) {
      x = net.depthwise_bn_act(x, name + "/down/dw", 3, 2, &op::relu6);
      x = net.conv_bn_act(x, name + "/down/pw", {stage.filters}, &op::relu6);
    } else {
      x = net.conv_bn_act(x, name + "/down", {stage.filters, 3, 2}, &op::relu6);
    }
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
                               .build = build};

}  // namespace net

}  // namespace paw
