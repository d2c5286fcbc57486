// What the batch_norm ops share: the check of their operands.
#pragma once

#include "ir/op_def.h"
#include "ops/normalization.h"

namespace paw {

// Operands are real numbers of one float type (quantised ones may join); x is input `first` - 1 and [...,C], every
// input from `first` on is [C]; epsilon is finite and >= 0.
Status check_channels(const OpCall& call, std::size_t first);

}  // namespace paw
