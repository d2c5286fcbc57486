#include "formats/coreml/lists.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "tensor/half.h"

namespace paw::coreml {

bool read_varint(std::span<const std::byte> bytes, std::size_t& at, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 70 && at < bytes.size(); shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
    if (shift < 64) value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

std::optional<std::vector<std::int64_t>> unpack_integers(std::string_view packed, std::size_t limit) {
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at < packed.size();) {
    std::uint64_t value = 0;
    if (values.size() == limit || !read_varint(std::as_bytes(std::span(packed)), at, value)) return std::nullopt;
    values.push_back(static_cast<std::int64_t>(value));
  }
  return values;
}

std::string pack_integers(std::span<const std::int64_t> values) {
  std::string out;
  for (const std::int64_t value : values) {
    auto rest = static_cast<std::uint64_t>(value);
    for (; rest >= 0x80; rest >>= 7) out += static_cast<char>(rest | 0x80);
    out += static_cast<char>(rest);
  }
  return out;
}

std::optional<std::vector<float>> unpack_floats(std::string_view packed) {
  if (packed.size() % sizeof(float) != 0) return std::nullopt;
  std::vector<float> values(packed.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), packed.data(), packed.size());
  return values;
}

std::string pack_floats(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

double meant(float stored) {
  if (!std::isfinite(stored)) return stored;
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, stored).ptr;
  double value = 0;
  std::from_chars(text, end, value);
  return value;
}

double meant_half(float stored) {
  if (!std::isfinite(stored) || stored == std::trunc(stored)) return stored;
  const std::uint16_t bits = double_to_half(stored);
  for (int digits = 1; digits < 6; ++digits) {
    char text[32];
    const char* end = std::to_chars(text, text + sizeof text, stored, std::chars_format::scientific, digits - 1).ptr;
    double value = 0;
    std::from_chars(text, end, value);
    if (double_to_half(value) == bits) return value;
  }
  return stored;
}

}  // namespace paw::coreml
