// Attributes of conv2d, depthwise_conv2d and their gradients.
#pragma once

#include "ops/window.h"

namespace paw {

// conv2d: x [N,H,W,C], weights [O,KH,KW,C/groups], bias [O] -> [N,H',W',O].
struct Conv2dAttrs {
  std::array<std::int64_t, 2> stride = {1, 1};
  std::array<std::int64_t, 2> dilation = {1, 1};
  Padding padding = Padding::kValid;
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};  // top, bottom, left, right; kExplicit only
  std::int64_t groups = 1;

  void fields(auto& v) {
    v("stride", stride);
    v("dilation", dilation);
    v("padding", padding);
    v("pads", pads);
    v("groups", groups);
  }
  bool operator==(const Conv2dAttrs&) const = default;
};

// depthwise_conv2d: x [N,H,W,C], weights [1,KH,KW,C*M], bias [C*M] -> [N,H',W',C*M]; output channel c*M + m reads
// input channel c. The multiplier M follows from the shapes.
struct DepthwiseConv2dAttrs {
  std::array<std::int64_t, 2> stride = {1, 1};
  std::array<std::int64_t, 2> dilation = {1, 1};
  Padding padding = Padding::kValid;
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};

  void fields(auto& v) {
    v("stride", stride);
    v("dilation", dilation);
    v("padding", padding);
    v("pads", pads);
  }
  bool operator==(const DepthwiseConv2dAttrs&) const = default;
};

// The forward attributes plus the shape that the result must have: of x (grad_input) or weights (grad_weights).
struct Conv2dGradAttrs {
  Conv2dAttrs conv;
  std::array<std::int64_t, 4> shape = {1, 1, 1, 1};

  void fields(auto& v) {
    conv.fields(v);
    v("shape", shape);
  }
  bool operator==(const Conv2dGradAttrs&) const = default;
};

struct DepthwiseConv2dGradAttrs {
  DepthwiseConv2dAttrs conv;
  std::array<std::int64_t, 4> shape = {1, 1, 1, 1};

  void fields(auto& v) {
    conv.fields(v);
    v("shape", shape);
  }
  bool operator==(const DepthwiseConv2dGradAttrs&) const = default;
};

}  // namespace paw
