// What the ops that move elements share: their type rule, cost, and the strided walk that all of them are made of.
#pragma once

#include <array>
#include <vector>

#include "ir/op_def.h"

namespace paw {

using Strides = std::array<std::int64_t, kMaxRank>;

// The flat index offset + sum(coordinate[axis] * strides[axis]) of every coordinate of `extents`, in row-major order.
std::vector<std::size_t> strided_indices(const Shape& extents, const Strides& strides, std::int64_t offset = 0);

// y has the element type of x, which may be any, and the given shape. A quantised x must have one scale for the whole
// tensor: a per-channel one would have to move with its axis. Error also when `shape` is empty or not supported.
Result<std::vector<TensorType>> infer_moved(const OpCall& call, std::optional<Shape> shape);

// Nothing is computed.
Cost cost_moved(const OpCall& call, std::span<const TensorType> outputs);

// True when the tensor is not quantised, or per tensor.
bool has_one_scale(const TensorType& type);
// Both not quantised, or both with equal parameters.
bool same_scale(const TensorType& a, const TensorType& b);

// Inputs of cases: floats that a gradient is checked on, and other types that none is.
CaseInput float_input(Shape shape, double lo = -1, double hi = 1);
CaseInput integer_input(DType dtype, Shape shape, double lo = -100, double hi = 100);
CaseInput quantized_input(DType dtype, Shape shape, float scale, std::int32_t zero_point, double lo = -2,
                          double hi = 2);

}  // namespace paw
