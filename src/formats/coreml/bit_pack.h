// Numbers of 1 to 8 bits packed without gaps. ML Programs begin with the least significant bit of each byte,
// NeuralNetworks with the most significant one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace paw::coreml {

enum class BitOrder : std::uint8_t { kLeastFirst, kMostFirst };

inline std::size_t packed_bytes(std::size_t count, int bits) {
  return (count * static_cast<std::size_t>(bits) + 7) / 8;
}
// Bits behind the last number are 0.
std::string pack_bits(std::span<const std::uint8_t> numbers, int bits, BitOrder order);
// Requires packed.size() >= packed_bytes(count, bits).
std::vector<std::uint8_t> unpack_bits(std::span<const std::byte> packed, std::size_t count, int bits, BitOrder order);

}  // namespace paw::coreml
