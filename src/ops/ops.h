// Declares every op (op::conv2d, ...) and finds them by name. Attribute structs live in ops/<family>.h.
#pragma once

#include <span>
#include <string_view>

#include "ir/op_def.h"

namespace paw {

namespace op {
#define PAW_OP(name) extern const OpDef name;
#include "ops/ops.inc"
#undef PAW_OP
}  // namespace op

// All ops in the order of ops.inc.
std::span<const OpDef* const> all_ops();
// Null when there is no such op.
const OpDef* find_op(std::string_view name);

}  // namespace paw
