// What the batch_norm ops share: the check of their operands.
#pragma once

#include "ir/op_def.h"
#include "ops/normalization.h"

namespace paw {

// Operands are real numbers of one float type (quantised ones may join); x is input `first` - 1 and [...,C], every
// input from `first` on is [C]; epsilon is finite and >= 0.
Status check_channels(const OpCall& call, std::size_t first);

// The gradient ops (dy, x, scale, mean, variance) -> (dx, dscale, doffset): dx of x's shape, the others [C].
Result<std::vector<TensorType>> infer_norm_grad(const OpCall& call);
std::vector<OpCase> norm_grad_cases();

// The sums that both have: dscale = r sum dy (x - mean), doffset = sum dy; r = 1 / sqrt(variance + epsilon), [C].
struct NormSums {
  std::vector<double> r;
  std::vector<double>&dscale, &doffset;
};
NormSums norm_sums(const EvalArgs& args);

}  // namespace paw
