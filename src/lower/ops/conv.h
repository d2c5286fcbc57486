// What the lowerings of convolutions and their gradients share.
#pragma once

#include <cstdint>

#include "kernels/conv/conv.h"
#include "lower/lowering.h"
#include "ops/conv2d.h"

namespace paw {

// Geometry of a forward convolution of x with weights of w's window; `attrs` are those of conv2d (a superset of the
// depthwise ones).
Result<ConvShape> conv_shape(const Node& node, const Shape& x, const Shape& w, std::int64_t out_c,
                             const Conv2dAttrs& attrs, std::int64_t groups);

// Is the operand known now, or absent? Its elements; null when it is absent.
bool constant_or_absent(const Graph& graph, ValueId operand);
const float* constant_floats(const Graph& graph, ValueId operand);

// The bias of a convolution or dense layer; invalid when it has none.
ValueId bias_of(const Node& node);

}  // namespace paw
