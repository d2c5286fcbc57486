// Hostile [outer, lines, inner] geometry, shared by softmax and the reductions.
#pragma once

#include <cstdint>

#include "runtime/step_def.h"

namespace paw {

// Null when all three extents are positive and operand sizes hold [outer, along, inner] floats of input and
// [outer, kept, inner] of output; kept is 1 or `along`.
const char* check_lines(std::int64_t outer, std::int64_t along, std::int64_t inner, std::int64_t kept,
                        const StepOperands& operands);

}  // namespace paw
