// Lists of numbers as they lie in the file: packed varints and little-endian floats, taken as bytes by our schema and
// decoded here, so that one byte of a file never costs more than a bounded number of bytes of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace paw::coreml {

// Moves `at` behind the varint that begins there. False: it does not end.
bool read_varint(std::span<const std::byte> bytes, std::size_t& at, std::uint64_t& value);

// nullopt: not packed varints, or more than `limit`.
std::optional<std::vector<std::int64_t>> unpack_integers(std::string_view packed, std::size_t limit = 4096);
std::string pack_integers(std::span<const std::int64_t> values);

// nullopt: not whole floats.
std::optional<std::vector<float>> unpack_floats(std::string_view packed);
std::string pack_floats(std::span<const float> values);

// The shortest decimal number that float32, or float16, rounds to `stored`: 0.01 was meant where 0.0099999998 is
// stored.
double meant(float stored);
double meant_half(float stored);

}  // namespace paw::coreml
