#include "ir/text_literal.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "base/random.h"
#include "ir/text_lexer.h"

namespace paw::text_literal_test {

using Storage = std::array<std::byte, 8>;

Storage storage_of(std::uint64_t bits) {
  Storage data;
  std::memcpy(data.data(), &bits, data.size());
  return data;
}

std::string printed(DType dtype, std::uint64_t bits) {
  std::string out;
  append_element(out, dtype, storage_of(bits).data(), 0);
  return out;
}

// "" when `token` cannot be read, else the element as it prints.
std::string reread(DType dtype, std::string_view token) {
  Storage data{};
  if (!read_element(token, dtype, data.data(), 0).empty()) return "";
  std::string out;
  append_element(out, dtype, data.data(), 0);
  return out;
}

TEST(Element, RandomBitsOfEveryTypeSurvive) {
  Random random(11);
  for (int d = 0; d < kDTypeCount; ++d) {
    const auto dtype = static_cast<DType>(d);
    for (int i = 0; i < 3000; ++i) {
      std::uint64_t bits_in = random.bits();
      if (bits(dtype) < 64) bits_in &= (std::uint64_t{1} << bits(dtype)) - 1;
      if (dtype == DType::kBool) bits_in &= 1;
      const std::string text = printed(dtype, bits_in);
      Storage data{};
      ASSERT_EQ(read_element(text, dtype, data.data(), 0), "") << name(dtype) << ' ' << text;
      ASSERT_EQ(data, storage_of(bits_in)) << name(dtype) << ' ' << text;
    }
  }
}

TEST(Element, EveryHalfSurvives) {
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (std::uint64_t bits_in = 0; bits_in < 0x10000; ++bits_in) {
      const std::string text = printed(dtype, bits_in);
      Storage data{};
      ASSERT_EQ(read_element(text, dtype, data.data(), 0), "") << text;
      ASSERT_EQ(data, storage_of(bits_in)) << text;
    }
  }
}

TEST(Element, FloatsAreShortest) {
  EXPECT_EQ(reread(DType::kF32, "0.1"), "0.1");
  EXPECT_EQ(reread(DType::kF32, "0.10000000149"), "0.1");
  EXPECT_EQ(reread(DType::kF64, "0.10000000149"), "0.10000000149");
  EXPECT_EQ(reread(DType::kF32, "16777216"), "16777216");
  EXPECT_EQ(reread(DType::kF32, "1e-45"), "1e-45");
  EXPECT_EQ(reread(DType::kF16, "65504"), "65504");
  EXPECT_EQ(reread(DType::kF32, "-0"), "-0");
}

TEST(Element, InfinityAndNan) {
  EXPECT_EQ(reread(DType::kF16, "-inf"), "-inf");
  EXPECT_EQ(reread(DType::kBF16, "inf"), "inf");
  EXPECT_EQ(printed(DType::kF32, 0x7fc00000), "nan");
  EXPECT_EQ(printed(DType::kF32, 0xffc00001), "0xffc00001");
  EXPECT_EQ(printed(DType::kF32, 0x7f800001), "0x7f800001");  // signalling
  EXPECT_EQ(printed(DType::kF16, 0x7e00), "nan");
  EXPECT_EQ(printed(DType::kF16, 0xfe01), "0xfe01");
  EXPECT_EQ(printed(DType::kF64, 0x7ff0000000000001), "0x7ff0000000000001");
  EXPECT_EQ(reread(DType::kF32, "0x3f800000"), "1");
}

TEST(Element, SixtyFourBitIntegersAreExact) {
  EXPECT_EQ(reread(DType::kI64, "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(reread(DType::kI64, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(reread(DType::kU64, "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(reread(DType::kI64, "9007199254740993"), "9007199254740993");
}

TEST(Element, RefusesWhatDoesNotFit) {
  struct Row {
    DType dtype;
    const char* text;
    const char* reason;
  };
  const char* out = "is out of range";
  for (const Row& row : {Row{DType::kI4, "8", out},
                         {DType::kI4, "-9", out},
                         {DType::kU4, "16", out},
                         {DType::kU4, "99999999999", out},
                         {DType::kI8, "128", out},
                         {DType::kU8, "256", out},
                         {DType::kI16, "32768", out},
                         {DType::kI32, "2147483648", out},
                         {DType::kI64, "9223372036854775808", out},
                         {DType::kU64, "18446744073709551616", out},
                         {DType::kBool, "2", out},
                         {DType::kF32, "1e39", out},
                         {DType::kF64, "1e309", out},
                         {DType::kF16, "65520", out},
                         {DType::kBF16, "3.4e39", out},
                         {DType::kU8, "-1", "is not an integer"},
                         {DType::kI8, "1.5", "is not an integer"},
                         {DType::kI8, "0x10", "is not an integer"},
                         {DType::kI8, "nan", "is not an integer"},
                         {DType::kF32, "1.5.2", "is not a number"},
                         {DType::kF32, "fast", "is not a number"},
                         {DType::kF32, "", "is not a number"},
                         {DType::kF32, "0x", "is not the bits of this type"},
                         {DType::kF32, "0x123456789", "is not the bits of this type"},
                         {DType::kF16, "0x10000", "is not the bits of this type"}}) {
    Storage data{};
    EXPECT_EQ(read_element(row.text, row.dtype, data.data(), 0), row.reason) << name(row.dtype) << ' ' << row.text;
  }
}

TEST(Elements, EqualAndRepeated) {
  for (int d = 0; d < kDTypeCount; ++d) {
    const auto dtype = static_cast<DType>(d);
    for (const std::int64_t n : {1, 2, 3, 8, 9, 100}) {
      SCOPED_TRACE(std::string(name(dtype)) + " x " + std::to_string(n));
      const auto elements = static_cast<std::size_t>(n);
      std::vector<std::byte> data(storage_bytes(dtype, elements));
      ASSERT_EQ(read_element("1", dtype, data.data(), 0), "");
      EXPECT_EQ(all_elements_equal(dtype, data.data(), n), n == 1);
      repeat_first_element(dtype, data.data(), n);
      EXPECT_TRUE(all_elements_equal(dtype, data.data(), n));
      std::string last;
      append_element(last, dtype, data.data(), n - 1);
      EXPECT_EQ(last, "1");
      if (bits(dtype) == 4 && n % 2 == 1) {
        EXPECT_EQ(data.back(), std::byte{1});
      }
      if (n == 1) continue;
      ASSERT_EQ(read_element("0", dtype, data.data(), n - 1), "");
      EXPECT_FALSE(all_elements_equal(dtype, data.data(), n));
    }
  }
}

TEST(Quoting, AnyBytesSurvive) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  std::string quoted;
  append_quoted(quoted, all);
  for (const char c : quoted) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
  EXPECT_EQ(unquote(quoted), all);
  EXPECT_EQ(shown("it's"), "'it\\'s'");
  EXPECT_EQ(shown("\x01"), "'\\x01'");
  EXPECT_EQ(shown(std::string(50, 'a')), "'" + std::string(40, 'a') + "...'");
}

TEST(Quoting, PlainNames) {
  for (const char* plain : {"x", "_", "a.b_c9", "A"}) EXPECT_TRUE(is_plain_name(plain)) << plain;
  for (const char* quoted : {"", "9", "9a", ".a", "a/b", "a b", "\xc3\xa4", "a-b"}) {
    EXPECT_FALSE(is_plain_name(quoted)) << quoted;
  }
}

TEST(Place, CountsLinesAndColumnsFromOne) {
  EXPECT_EQ(place("abc", 0), "line 1:1");
  EXPECT_EQ(place("abc\nde", 5), "line 2:2");
  EXPECT_EQ(place("abc\n", 4), "line 2:1");
  EXPECT_EQ(place("abc", 99), "line 1:4");
}

}  // namespace paw::text_literal_test
