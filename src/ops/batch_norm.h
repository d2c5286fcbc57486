// What the batch_norm ops share: the check of their operands.
#pragma once

#include "ir/op_def.h"
#include "ops/normalization.h"

namespace paw {

// x is input `first` - 1 and real [...,C]; every input from `first` on is a real [C]; epsilon is finite and >= 0.
Status check_channels(const OpCall& call, std::size_t first);

}  // namespace paw
