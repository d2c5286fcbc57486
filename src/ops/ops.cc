#include "ops/ops.h"

#include <algorithm>
#include <array>

namespace paw {

namespace {

constexpr std::array kOps = {
#define PAW_OP(name) &op::name,
#include "ops/ops.inc"
#undef PAW_OP
};

}  // namespace

std::span<const OpDef* const> all_ops() { return kOps; }

const OpDef* find_op(std::string_view name) {
  const auto found = std::ranges::find(kOps, name, &OpDef::name);
  return found == kOps.end() ? nullptr : *found;
}

}  // namespace paw
