#include "tensor/dtype.h"

#include <array>

namespace paw {

namespace {

struct Row {
  std::string_view name;
  int bits;
  char kind;  // 'f' float, 'i' signed, 'u' unsigned, 'b' bool
};

constexpr std::array<Row, kDTypeCount> kRows = {{
    {"f32", 32, 'f'},
    {"f64", 64, 'f'},
    {"f16", 16, 'f'},
    {"bf16", 16, 'f'},
    {"i4", 4, 'i'},
    {"u4", 4, 'u'},
    {"i8", 8, 'i'},
    {"u8", 8, 'u'},
    {"i16", 16, 'i'},
    {"u16", 16, 'u'},
    {"i32", 32, 'i'},
    {"u32", 32, 'u'},
    {"i64", 64, 'i'},
    {"u64", 64, 'u'},
    {"bool", 8, 'b'},
}};

const Row& row(DType dtype) { return kRows[static_cast<std::size_t>(dtype)]; }

double power_of_two(int exponent) { return static_cast<double>(1ull << exponent); }

}  // namespace

std::string_view name(DType dtype) { return row(dtype).name; }

std::optional<DType> parse_dtype(std::string_view text) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].name == text) return static_cast<DType>(i);
  }
  return std::nullopt;
}

int bits(DType dtype) { return row(dtype).bits; }
bool is_float(DType dtype) { return row(dtype).kind == 'f'; }
bool is_integer(DType dtype) { return row(dtype).kind == 'i' || row(dtype).kind == 'u'; }
bool is_signed(DType dtype) { return row(dtype).kind == 'f' || row(dtype).kind == 'i'; }

double lowest(DType dtype) { return row(dtype).kind == 'i' ? -power_of_two(row(dtype).bits - 1) : 0.0; }

double highest(DType dtype) {
  switch (row(dtype).kind) {
    case 'i': return power_of_two(row(dtype).bits - 1) - 1.0;
    case 'u': return power_of_two(row(dtype).bits - 1) * 2.0 - 1.0;
    default: return 1.0;
  }
}

}  // namespace paw
