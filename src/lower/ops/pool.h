// What the lowerings of pooling share.
#pragma once

#include "kernels/pool/pool.h"
#include "lower/lowering.h"
#include "ops/pool.h"

namespace paw {

// Geometry of the forward pass over an image of shape `x`.
Result<PoolF32> pool_window(const Node& node, const PoolAttrs& attrs, const Shape& x);

}  // namespace paw
