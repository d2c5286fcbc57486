// What softmax and log_softmax share: their type rule, cases and the lines of a tensor along one axis.
#pragma once

#include "ops/activation.h"
#include "ops/axes.h"

namespace paw {

// x's type rule, and the axis must exist.
Result<std::vector<TensorType>> infer_softmax(const OpCall& call);

// y = x with `f` applied to each line along the axis of SoftmaxAttrs.
void transform_lines(const EvalArgs& args, void (*f)(std::span<double> line));

// The largest element; NaN if there is one. At least one element.
double largest(std::span<const double> line);

std::vector<OpCase> softmax_cases();

}  // namespace paw
