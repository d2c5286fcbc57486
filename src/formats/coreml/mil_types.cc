#include "formats/coreml/mil_types.h"

#include <array>

namespace paw::coreml {

namespace {

struct Row {
  std::string_view name;
  int bits, mil, blob;
  std::optional<DType> graph;
};

constexpr std::array<Row, 18> kRows = {{
    {"bool", 8, 1, 0, DType::kBool},
    {"string", 0, 2, 0, std::nullopt},
    {"fp16", 16, 10, 1, DType::kF16},
    {"fp32", 32, 11, 2, DType::kF32},
    {"fp64", 64, 12, 0, DType::kF64},
    {"int8", 8, 21, 4, DType::kI8},
    {"int16", 16, 22, 6, DType::kI16},
    {"int32", 32, 23, 14, DType::kI32},
    {"int64", 64, 24, 0, DType::kI64},
    {"int4", 4, 25, 8, DType::kI4},
    {"uint8", 8, 31, 3, DType::kU8},
    {"uint16", 16, 32, 7, DType::kU16},
    {"uint32", 32, 33, 15, DType::kU32},
    {"uint4", 4, 35, 11, DType::kU4},
    {"uint2", 2, 36, 10, DType::kU8},
    {"uint1", 1, 37, 9, DType::kU8},
    {"uint6", 6, 38, 13, DType::kU8},
    {"uint3", 3, 39, 12, DType::kU8},
}};

const Row& row(MilType type) { return kRows[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name(MilType type) { return row(type).name; }
int bits(MilType type) { return row(type).bits; }
int mil_code(MilType type) { return row(type).mil; }
int blob_code(MilType type) { return row(type).blob; }
std::optional<DType> graph_type(MilType type) { return row(type).graph; }

std::optional<MilType> mil_type_of_code(std::int64_t code) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].mil == code) return static_cast<MilType>(i);
  }
  return std::nullopt;
}

std::optional<MilType> mil_type(DType type) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const auto candidate = static_cast<MilType>(i);
    if (kRows[i].graph == type && kRows[i].bits == paw::bits(type)) return candidate;
  }
  return std::nullopt;
}

}  // namespace paw::coreml
