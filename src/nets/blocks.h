// The blocks that image classifiers are made of. A net is a table of stages over a NetBuilder; each layer's name
// ("block3/dw") becomes the source note of its nodes and the prefix of its constants ("block3/dw/weights").
#pragma once

#include <string>

#include "ir/builder.h"
#include "nets/weights.h"
#include "ops/conv2d.h"
#include "ops/ops.h"

namespace paw {

using Activation = const OpDef*;  // an elementwise op without attributes; null: none

// How the source implementation pads a strided k x k window.
enum class PaddingStyle : std::uint8_t {
  kSame,         // TensorFlow's SAME
  kSymmetric,    // k / 2 on every side (PyTorch)
  kBottomRight,  // k / 2 below and right, k / 2 - 1 above and left, also for odd inputs (Keras MobileNet)
};

// What all layers of one net have in common.
struct BlockStyle {
  double epsilon = 1e-3;  // of batch normalisation
  PaddingStyle padding = PaddingStyle::kSame;
  Activation squeeze = &op::relu;       // squeeze-excite: between its two convolutions
  Activation gate = &op::hard_sigmoid;  // and after them
};

struct ConvSpec {
  std::int64_t filters = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
};

struct InvertedResidual {
  std::int64_t expanded = 0;  // channels between the pointwise layers; as many as the input has: no expansion layer
  std::int64_t filters = 0;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t squeezed = 0;  // channels between the squeeze-excite convolutions; 0: none
  Activation activation = &op::relu6;
};

// `channels` rounded to a multiple of 8 that is not below 90 % of it, at least 8 (Sandler et al. 2018, published code).
std::int64_t make_divisible(double channels);

class NetBuilder {
 public:
  NetBuilder(const NetInfo& info, const NetOptions& options, BlockStyle style = {});

  ValueId image() const { return image_; }
  // Channels of an NHWC value; 0 after an error.
  std::int64_t channels(ValueId x) const { return graph_.shape(x)[3]; }

  // Convolution without bias, batch normalisation, activation.
  ValueId conv_bn_act(ValueId x, const std::string& name, ConvSpec spec, Activation activation);
  ValueId depthwise_bn_act(ValueId x, const std::string& name, std::int64_t kernel, std::int64_t stride,
                           Activation activation);
  // x * gate(conv(squeeze(conv(mean(x))))), Hu et al. 2018.
  ValueId squeeze_excite(ValueId x, const std::string& name, std::int64_t squeezed);
  // Expand, depthwise, squeeze-excite, project; plus x where shape and stride allow (Sandler et al. 2018).
  ValueId inverted_residual(ValueId x, const std::string& name, const InvertedResidual& block);
  // Two 3x3 convolutions, or 1x1, 3x3 (strided), 1x1 to 4 * filters; plus x, projected where it must be (He et al.
  // 2016, stride as in torchvision).
  ValueId residual_basic(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride);
  ValueId residual_bottleneck(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride);
  ValueId max_pool(ValueId x, const std::string& name, std::int64_t kernel, std::int64_t stride);
  ValueId add(ValueId a, ValueId b, const std::string& name);
  ValueId activate(ValueId x, const std::string& name, Activation activation);

  // NHWC -> [N, C].
  ValueId global_mean(ValueId x);
  // [N, C] -> [N, units] with bias.
  ValueId dense(ValueId x, const std::string& name, std::int64_t units);
  // Dropout (none at rate 0), classifier, softmax: the finished model. `features`: [N, C].
  Result<Model> finish(ValueId features, double dropout_rate);

 private:
  struct Fit {
    Padding padding;
    std::array<std::int64_t, 4> pads;
  };
  Fit fit(ValueId x, std::int64_t kernel, std::int64_t stride, PaddingStyle style) const;
  ValueId conv(ValueId x, const std::string& name, ConvSpec spec, bool bias = false);
  ValueId batch_norm(ValueId x, const std::string& name);
  ValueId shortcut(ValueId x, const std::string& name, std::int64_t filters, std::int64_t stride);

  const NetInfo& info_;
  NetOptions options_;
  BlockStyle style_;
  WeightSource weights_;
  GraphBuilder graph_;
  ValueId image_;
};

}  // namespace paw
