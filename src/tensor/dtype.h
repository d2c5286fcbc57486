// Element types of tensors: their names, widths and classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace paw {

enum class DType : std::uint8_t {
  kF32,
  kF64,
  kF16,
  kBF16,
  kI4,
  kU4,
  kI8,
  kU8,
  kI16,
  kU16,
  kI32,
  kU32,
  kI64,
  kU64,
  kBool,
};
inline constexpr int kDTypeCount = 15;

// "f32", "i8", "bool", ...
std::string_view name(DType dtype);
std::optional<DType> parse_dtype(std::string_view text);

// Width of one element. Sub-byte types are packed two per byte, the even element in the low bits.
int bits(DType dtype);
inline std::size_t storage_bytes(DType dtype, std::size_t elements) {
  return (elements * static_cast<std::size_t>(bits(dtype)) + 7) / 8;
}

bool is_float(DType dtype);
bool is_integer(DType dtype);  // every type but floats and bool
bool is_signed(DType dtype);   // floats and signed integers

// Representable range of an integer type or bool, as doubles (exact up to 53 bits).
double lowest(DType dtype);
double highest(DType dtype);

}  // namespace paw
