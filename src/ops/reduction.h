// What the reductions share: which axes go, where each element of x is summed, and how a gradient is spread back.
#pragma once

#include "ops/axes.h"
#include "ops/reduce.h"

namespace paw {

// y has x's element type and its shape without the reduced axes (or with extent 1 there: keep_dims).
Result<std::vector<TensorType>> infer_reduction(const OpCall& call);       // numbers of any kind
Result<std::vector<TensorType>> infer_reduction_real(const OpCall& call);  // real numbers

// The shape of the result for attributes that infer_reduction accepted.
Shape reduced_shape(const Shape& x, const ReduceAttrs& attrs);

// For each element of x, the flat index of the element of the result that it goes into.
std::vector<std::size_t> reduction_index(const Shape& x, const ReduceAttrs& attrs);

// The result-shaped `value` repeated over the reduced axes, giving x's shape `like`.
ValueId expand_reduced(GradContext& g, ValueId value, const Shape& like, const ReduceAttrs& attrs);

// One operation per element of x.
Cost cost_reduction(const OpCall& call, std::span<const TensorType> outputs);

// All, one, several and negative axes, with and without keep_dims.
std::vector<OpCase> reduction_cases();

}  // namespace paw
