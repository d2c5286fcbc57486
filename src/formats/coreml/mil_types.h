// Element types of ML Programs: the numbers that stand for them in programs and, differently, in weight.bin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tensor/dtype.h"

namespace paw::coreml {

enum class MilType : std::uint8_t {
  kBool,
  kString,
  kF16,
  kF32,
  kF64,
  kI8,
  kI16,
  kI32,
  kI64,
  kI4,
  kU8,
  kU16,
  kU32,
  kU4,
  kU2,
  kU1,
  kU6,
  kU3,
};

std::string_view name(MilType type);
int bits(MilType type);       // of one element as stored; 0 for strings
int mil_code(MilType type);   // MIL's DataType
int blob_code(MilType type);  // weight.bin's; 0: cannot be there
std::optional<MilType> mil_type_of_code(std::int64_t code);
// The element type that the graph holds such numbers in: those of 1, 2, 3 and 6 bits as bytes.
std::optional<DType> graph_type(MilType type);
std::optional<MilType> mil_type(DType type);

}  // namespace paw::coreml
