#include "formats/tflite/op_table.h"

#include <algorithm>
#include <array>

namespace paw::tflite {

namespace {

constexpr std::array kAll = {
#define PAW_TFLITE_OP(name) &ops::name,
#include "formats/tflite/ops.inc"
#undef PAW_TFLITE_OP
};

}  // namespace

std::span<const OpSupport* const> all_support() { return kAll; }

const OpReading* find_reading(std::int32_t code) {
  for (const OpSupport* support : kAll) {
    const auto found = std::ranges::find(support->reads, code, &OpReading::code);
    if (found != support->reads.end()) return &*found;
  }
  return nullptr;
}

const OpSupport* find_writing(const OpDef& op) {
  const auto found = std::ranges::find(kAll, &op, &OpSupport::op);
  return found == kAll.end() || (*found)->write == nullptr ? nullptr : *found;
}

}  // namespace paw::tflite
