// The operators that are read and written: ops.inc lists one file of ops/ per line.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace paw {
struct OpDef;
}

namespace paw::tflite {

class OpReader;
class OpWriter;

template <class BuiltinOperator>
constexpr std::int32_t code_of(BuiltinOperator code) {
  return static_cast<std::int32_t>(code);
}

inline constexpr int kAnyNumber = 1 << 12;

// How one operator of the file is read. It has between min_inputs and max_inputs inputs, and one output.
struct OpReading {
  std::int32_t code = 0;
  int min_inputs = 1, max_inputs = 1;
  int required = 1;  // the first inputs, which must not be absent
  Status (*read)(OpReader&) = nullptr;
};

struct OpSupport {
  const OpDef* op = nullptr;  // null: only read
  std::span<const OpReading> reads;
  Status (*write)(OpWriter&) = nullptr;  // null: only read
};

namespace ops {
#define PAW_TFLITE_OP(name) extern const OpSupport name;
#include "formats/tflite/ops.inc"
#undef PAW_TFLITE_OP
}  // namespace ops

std::span<const OpSupport* const> all_support();
const OpReading* find_reading(std::int32_t code);
const OpSupport* find_writing(const OpDef& op);

}  // namespace paw::tflite
