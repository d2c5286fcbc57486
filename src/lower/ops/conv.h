// What the lowerings of convolutions and their gradients share.
#pragma once

#include <cstdint>

#include "kernels/conv/conv.h"
#include "lower/lowering.h"
#include "ops/conv2d.h"

namespace paw {

// Error: an operand that is not float32.
Status check_floats(const Lowering& lowering, const Node& node);

constexpr std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

// Geometry of a forward convolution of x with weights of w's window; `attrs` are those of conv2d (a superset of the
// depthwise ones).
Result<ConvShape> conv_shape(const Node& node, const Shape& x, const Shape& w, std::int64_t out_c,
                             const Conv2dAttrs& attrs, std::int64_t groups);

}  // namespace paw
