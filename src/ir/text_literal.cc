#include "ir/text_literal.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <type_traits>

#include "tensor/half.h"

namespace paw {

namespace {

template <class T>
void append_chars(std::string& out, T value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  out.append(text, end.ptr);
}

template <class T>
std::string read_chars(std::string_view token, T& value) {
  const auto [end, status] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (status == std::errc::result_out_of_range) return "is out of range";
  if (status == std::errc{} && end == token.data() + token.size()) return {};
  return std::integral<T> ? "is not an integer" : "is not a number";
}

// How the elements of a type are held: the unsigned integer of their width.
template <class Word>
Word load_word(const std::byte* data, std::int64_t i) {
  Word word;
  std::memcpy(&word, data + i * static_cast<std::int64_t>(sizeof(Word)), sizeof(Word));
  return word;
}
template <class T>
void store_as(std::byte* data, std::int64_t i, T value) {
  std::memcpy(data + i * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

template <class Word>
void append_bits(std::string& out, Word word) {
  constexpr int kDigits = static_cast<int>(sizeof(Word)) * 2;
  out += "0x";
  for (int shift = (kDigits - 1) * 4; shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(static_cast<std::uint64_t>(word) >> shift) & 15];
  }
}

// One float format: the type that prints it, and both directions between its bits and that type.
struct F32 {
  using Word = std::uint32_t;
  using Number = float;
  static float decode(Word w) { return std::bit_cast<float>(w); }
  static Word encode(float v) { return std::bit_cast<Word>(v); }
};
struct F64 {
  using Word = std::uint64_t;
  using Number = double;
  static double decode(Word w) { return std::bit_cast<double>(w); }
  static Word encode(double v) { return std::bit_cast<Word>(v); }
};
// The shortest text of a decoded half, as a float, reads back as a double that rounds to the same half.
struct F16 {
  using Word = std::uint16_t;
  using Number = double;
  static float decode(Word w) { return half_to_float(w); }
  static Word encode(double v) { return double_to_half(v); }
};
struct BF16 {
  using Word = std::uint16_t;
  using Number = double;
  static float decode(Word w) { return bfloat16_to_float(w); }
  static Word encode(double v) { return double_to_bfloat16(v); }
};

template <class Format>
typename Format::Word default_nan() {
  return Format::encode(std::numeric_limits<typename Format::Number>::quiet_NaN());
}

template <class Format>
void append_float(std::string& out, const std::byte* data, std::int64_t i) {
  const auto word = load_word<typename Format::Word>(data, i);
  const auto value = Format::decode(word);
  if (!std::isnan(value)) return append_chars(out, value);
  if (word == default_nan<Format>()) {
    out += "nan";
  } else {
    append_bits(out, word);
  }
}

template <class Format>
std::string read_float(std::string_view token, std::byte* data, std::int64_t i) {
  using Word = typename Format::Word;
  if (token.starts_with("0x")) {
    Word word{};
    const auto [end, status] = std::from_chars(token.data() + 2, token.data() + token.size(), word, 16);
    if (status != std::errc{} || end != token.data() + token.size()) return "is not the bits of this type";
    store_as(data, i, word);
    return {};
  }
  typename Format::Number value{};
  if (std::string problem = read_number(token, value); !problem.empty()) return problem;
  const Word word = std::isnan(value) ? default_nan<Format>() : Format::encode(value);
  if (std::isinf(Format::decode(word)) && !std::isinf(value)) return "is out of range";
  store_as(data, i, word);
  return {};
}

template <class T>
std::string read_integer(std::string_view token, std::byte* data, std::int64_t i) {
  T value{};
  std::string problem = read_chars(token, value);
  if (problem.empty()) store_as(data, i, value);
  return problem;
}

// 4-bit types and bool: read wide, checked against their range.
std::string read_small(std::string_view token, DType dtype, std::byte* data, std::int64_t i) {
  std::int32_t value = 0;
  if (std::string problem = read_chars(token, value); !problem.empty()) return problem;
  if (value < lowest(dtype) || value > highest(dtype)) return "is out of range";
  if (dtype == DType::kBool) {
    data[i] = std::byte(value);
    return {};
  }
  const int shift = static_cast<int>(i % 2) * 4;
  data[i / 2] = (data[i / 2] & ~(std::byte{0xF} << shift)) | (std::byte(value & 0xF) << shift);
  return {};
}

int nibble(const std::byte* data, std::int64_t i) {
  return std::to_integer<int>(data[i / 2] >> static_cast<int>(i % 2 * 4)) & 0xF;
}

template <class T>
void append_as(std::string& out, const std::byte* data, std::int64_t i) {
  append_chars(out, load_word<T>(data, i));
}

}  // namespace

void append_number(std::string& out, std::int64_t value) { append_chars(out, value); }
void append_number(std::string& out, double value) { append_chars(out, value); }

std::string read_number(std::string_view token, std::int64_t& value) { return read_chars(token, value); }
std::string read_number(std::string_view token, std::int32_t& value) { return read_chars(token, value); }
std::string read_number(std::string_view token, std::uint64_t& value) { return read_chars(token, value); }
std::string read_number(std::string_view token, double& value) { return read_chars(token, value); }
std::string read_number(std::string_view token, float& value) { return read_chars(token, value); }

void append_element(std::string& out, DType dtype, const std::byte* data, std::int64_t i) {
  switch (dtype) {
    case DType::kF32: return append_float<F32>(out, data, i);
    case DType::kF64: return append_float<F64>(out, data, i);
    case DType::kF16: return append_float<F16>(out, data, i);
    case DType::kBF16: return append_float<BF16>(out, data, i);
    case DType::kI4: return append_chars(out, (nibble(data, i) ^ 8) - 8);
    case DType::kU4: return append_chars(out, nibble(data, i));
    case DType::kI8: return append_as<std::int8_t>(out, data, i);
    case DType::kU8: return append_as<std::uint8_t>(out, data, i);
    case DType::kI16: return append_as<std::int16_t>(out, data, i);
    case DType::kU16: return append_as<std::uint16_t>(out, data, i);
    case DType::kI32: return append_as<std::int32_t>(out, data, i);
    case DType::kU32: return append_as<std::uint32_t>(out, data, i);
    case DType::kI64: return append_as<std::int64_t>(out, data, i);
    case DType::kU64: return append_as<std::uint64_t>(out, data, i);
    case DType::kBool: return append_as<std::uint8_t>(out, data, i);
  }
}

std::string read_element(std::string_view token, DType dtype, std::byte* data, std::int64_t i) {
  switch (dtype) {
    case DType::kF32: return read_float<F32>(token, data, i);
    case DType::kF64: return read_float<F64>(token, data, i);
    case DType::kF16: return read_float<F16>(token, data, i);
    case DType::kBF16: return read_float<BF16>(token, data, i);
    case DType::kI4:
    case DType::kU4:
    case DType::kBool: return read_small(token, dtype, data, i);
    case DType::kI8: return read_integer<std::int8_t>(token, data, i);
    case DType::kU8: return read_integer<std::uint8_t>(token, data, i);
    case DType::kI16: return read_integer<std::int16_t>(token, data, i);
    case DType::kU16: return read_integer<std::uint16_t>(token, data, i);
    case DType::kI32: return read_integer<std::int32_t>(token, data, i);
    case DType::kU32: return read_integer<std::uint32_t>(token, data, i);
    case DType::kI64: return read_integer<std::int64_t>(token, data, i);
    case DType::kU64: return read_integer<std::uint64_t>(token, data, i);
  }
  return "is of an unknown type";
}

bool all_elements_equal(DType dtype, const std::byte* data, std::int64_t elements) {
  if (bits(dtype) == 4) {
    const auto whole = static_cast<std::size_t>(elements / 2);
    if (elements % 2 != 0 && nibble(data, elements - 1) != nibble(data, 0)) return false;
    if (whole == 0) return true;
    return nibble(data, 0) == nibble(data, 1) && std::memcmp(data, data + 1, whole - 1) == 0;
  }
  const auto width = static_cast<std::size_t>(bits(dtype)) / 8;
  return std::memcmp(data, data + width, (static_cast<std::size_t>(elements) - 1) * width) == 0;
}

void repeat_first_element(DType dtype, std::byte* data, std::int64_t elements) {
  const std::size_t bytes = storage_bytes(dtype, static_cast<std::size_t>(elements));
  std::size_t done = static_cast<std::size_t>(std::max(bits(dtype), 8)) / 8;
  if (bits(dtype) == 4) {
    data[0] = data[0] & std::byte{0xF};
    if (elements > 1) data[0] |= data[0] << 4;
  }
  // Fresh buffers are zero: not touching them keeps a large zero weight free of memory.
  if (std::all_of(data, data + done, [](std::byte b) { return b == std::byte{0}; })) return;
  for (; done < bytes; done *= 2) std::memcpy(data + done, data, std::min(done, bytes - done));
  if (bits(dtype) == 4 && elements % 2 != 0) data[bytes - 1] &= std::byte{0xF};
}

}  // namespace paw
