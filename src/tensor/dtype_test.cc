#include "tensor/dtype.h"

#include <gtest/gtest.h>

#include <limits>

namespace paw::dtype_test {

struct Row {
  DType dtype;
  std::string_view name;
  int bits;
  bool is_float, is_integer, is_signed;
  double lowest, highest;  // not checked for floats
};

constexpr Row kRows[] = {
    {DType::kF32, "f32", 32, true, false, true, 0, 0},
    {DType::kF64, "f64", 64, true, false, true, 0, 0},
    {DType::kF16, "f16", 16, true, false, true, 0, 0},
    {DType::kBF16, "bf16", 16, true, false, true, 0, 0},
    {DType::kI4, "i4", 4, false, true, true, -8, 7},
    {DType::kU4, "u4", 4, false, true, false, 0, 15},
    {DType::kI8, "i8", 8, false, true, true, -128, 127},
    {DType::kU8, "u8", 8, false, true, false, 0, 255},
    {DType::kI16, "i16", 16, false, true, true, -32768, 32767},
    {DType::kU16, "u16", 16, false, true, false, 0, 65535},
    {DType::kI32, "i32", 32, false, true, true, -2147483648.0, 2147483647.0},
    {DType::kU32, "u32", 32, false, true, false, 0, 4294967295.0},
    {DType::kI64, "i64", 64, false, true, true, -0x1p63, 0x1p63},
    {DType::kU64, "u64", 64, false, true, false, 0, 0x1p64},
    {DType::kBool, "bool", 8, false, false, false, 0, 1},
};

TEST(DType, TableIsComplete) {
  ASSERT_EQ(std::size(kRows), static_cast<std::size_t>(kDTypeCount));
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(name(row.dtype), row.name);
    EXPECT_EQ(parse_dtype(row.name), row.dtype);
    EXPECT_EQ(bits(row.dtype), row.bits);
    EXPECT_EQ(is_float(row.dtype), row.is_float);
    EXPECT_EQ(is_integer(row.dtype), row.is_integer);
    EXPECT_EQ(is_signed(row.dtype), row.is_signed);
    if (row.is_float) continue;
    EXPECT_EQ(lowest(row.dtype), row.lowest);
    EXPECT_EQ(highest(row.dtype), row.highest);
  }
}

TEST(DType, UnknownNames) {
  for (const char* text : {"", "f", "F32", "float32", "f32 ", "i128"}) EXPECT_EQ(parse_dtype(text), std::nullopt);
}

TEST(DType, StorageRoundsUpToBytes) {
  EXPECT_EQ(storage_bytes(DType::kI4, 0), 0u);
  EXPECT_EQ(storage_bytes(DType::kI4, 1), 1u);
  EXPECT_EQ(storage_bytes(DType::kU4, 3), 2u);
  EXPECT_EQ(storage_bytes(DType::kBool, 3), 3u);
  EXPECT_EQ(storage_bytes(DType::kF16, 3), 6u);
  EXPECT_EQ(storage_bytes(DType::kF64, std::size_t{1} << 40), std::size_t{1} << 43);
}

}  // namespace paw::dtype_test
