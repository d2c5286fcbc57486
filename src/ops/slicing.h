// What slice and slice_grad share: the geometry of a strided slice.
#pragma once

#include "ops/moves.h"
#include "ops/shape_ops.h"

namespace paw {

// The shape of the slice of a tensor of shape `x`. Error unless begin, end and stride have one entry per axis with
// 0 <= begin < end <= extent and stride >= 1.
Result<Shape> slice_shape(const OpCall& call, const SliceAttrs& slice, const Shape& x);

// For each element of the slice (of shape `y`), its flat index in x. For attributes that slice_shape accepted.
std::vector<std::size_t> slice_indices(const SliceAttrs& slice, const Shape& x, const Shape& y);

}  // namespace paw
