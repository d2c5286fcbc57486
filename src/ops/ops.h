// Declares every op (op::conv2d, ...) and lists them. Attribute structs live in ops/<family>.h.
#pragma once

#include "ir/op_def.h"

namespace paw {

namespace op {
#define PAW_OP(name) extern const OpDef name;
#include "ops/ops.inc"
#undef PAW_OP
}  // namespace op

// All ops in the order of ops.inc.
OpList all_ops();

}  // namespace paw
