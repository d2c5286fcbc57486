#include "ops/ops.h"

#include <array>

namespace paw {

namespace {

constexpr std::array kOps = {
#define PAW_OP(name) &op::name,
#include "ops/ops.inc"
#undef PAW_OP
};

}  // namespace

OpList all_ops() { return kOps; }

}  // namespace paw
