#include <string>

#include "nets/blocks.h"
#include "nets/net_info.h"

namespace paw {

namespace {

struct Block {
  double expansion;
  std::int64_t filters, kernel, stride;
  bool squeeze;
  Activation activation;
};

constexpr Activation kRelu = &op::relu;
constexpr Activation kSwish = &op::hard_swish;

// Howard et al. 2019, table 2. Expansions are those of the published code: 72 / 16 and 88 / 24 of the stage's input.
constexpr Block kSmall[] = {
    {1, 16, 3, 2, true, kRelu},  {72. / 16, 24, 3, 2, false, kRelu}, {88. / 24, 24, 3, 1, false, kRelu},
    {4, 40, 5, 2, true, kSwish}, {6, 40, 5, 1, true, kSwish},        {6, 40, 5, 1, true, kSwish},
    {3, 48, 5, 1, true, kSwish}, {3, 48, 5, 1, true, kSwish},        {6, 96, 5, 2, true, kSwish},
    {6, 96, 5, 1, true, kSwish}, {6, 96, 5, 1, true, kSwish},
};
// Table 1.
constexpr Block kLarge[] = {
    {1, 16, 3, 1, false, kRelu},    {4, 24, 3, 2, false, kRelu},    {3, 24, 3, 1, false, kRelu},
    {3, 40, 5, 2, true, kRelu},     {3, 40, 5, 1, true, kRelu},     {3, 40, 5, 1, true, kRelu},
    {6, 80, 3, 2, false, kSwish},   {2.5, 80, 3, 1, false, kSwish}, {2.3, 80, 3, 1, false, kSwish},
    {2.3, 80, 3, 1, false, kSwish}, {6, 112, 3, 1, true, kSwish},   {6, 112, 3, 1, true, kSwish},
    {6, 160, 5, 2, true, kSwish},   {6, 160, 5, 1, true, kSwish},   {6, 160, 5, 1, true, kSwish},
};

Result<Model> build_mobilenet_v3(const NetInfo& info, const NetOptions& options, std::span<const Block> blocks,
                                 std::int64_t last_units) {
  NetBuilder net(info, options, {.squeeze = &op::relu, .gate = &op::hard_sigmoid});
  const auto width = options.width;
  ValueId x = net.conv_bn_act(net.image(), "stem", {16, 3, 2}, kSwish);  // not scaled: as published
  int index = 0;
  for (const Block& block : blocks) {
    const auto inputs = static_cast<double>(net.channels(x));
    // The first block has no expansion layer whatever the width.
    const std::int64_t expanded = index == 0 ? net.channels(x) : make_divisible(inputs * block.expansion);
    x = net.inverted_residual(x, "block" + std::to_string(index++),
                              {.expanded = expanded,
                               .filters = make_divisible(static_cast<double>(block.filters) * width),
                               .kernel = block.kernel,
                               .stride = block.stride,
                               .squeezed = block.squeeze ? make_divisible(static_cast<double>(expanded) / 4) : 0,
                               .activation = block.activation});
  }
  x = net.conv_bn_act(x, "head", {make_divisible(static_cast<double>(net.channels(x) * 6))}, kSwish);
  if (width > 1) last_units = make_divisible(static_cast<double>(last_units) * width);
  x = net.dense(net.global_mean(x), "last", last_units);
  return net.finish(net.activate(x, "last", kSwish), 0.2);
}

}  // namespace

namespace net {

constinit const NetInfo mobilenet_v3_small{
    .name = "mobilenet_v3_small",
    .summary = "searched blocks with squeeze-excite and hard swish, small",
    .source = "Howard et al. 2019, arXiv:1905.02244; layout and padding of keras.applications.MobileNetV3Small",
    .has_width = true,
    .preprocess = inception_preprocess(224, 256, ResizeFilter::kBilinear),
    .build = [](const NetInfo& info, const NetOptions& options) {
      return build_mobilenet_v3(info, options, kSmall, 1024);
    }};

constinit const NetInfo mobilenet_v3_large{
    .name = "mobilenet_v3_large",
    .summary = "searched blocks with squeeze-excite and hard swish, large",
    .source = "Howard et al. 2019, arXiv:1905.02244; layout and padding of keras.applications.MobileNetV3Large",
    .has_width = true,
    .preprocess = inception_preprocess(224, 256, ResizeFilter::kBilinear),
    .build = [](const NetInfo& info, const NetOptions& options) {
      return build_mobilenet_v3(info, options, kLarge, 1280);
    }};

}  // namespace net

}  // namespace paw
