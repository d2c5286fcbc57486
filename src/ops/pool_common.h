// What the pools share: the check of their windows and inputs.
#pragma once

#include "ops/pool.h"

namespace paw {

// Errors: x [N,H,W,C] of another rank, an impossible window, or explicit pads so large that a window could lie outside
// the image. Such windows do not exist with the other paddings.
Result<Window> resolve_pool(const OpCall& call, const Shape& x, const PoolAttrs& attrs);
// y [N,H',W',C].
Shape pooled_shape(const Shape& x, const Window& window);
// x -> y of its type.
Result<std::vector<TensorType>> infer_pool(const OpCall& call);
// Comparisons or additions.
Cost pool_cost(const OpCall& call, std::span<const TensorType> outputs);
// Forward cases; `max_pool` cannot count padding.
std::vector<OpCase> pool_cases(bool count_padding);

}  // namespace paw
