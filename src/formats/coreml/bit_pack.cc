#include "formats/coreml/bit_pack.h"

namespace paw::coreml {

namespace {

// Where bit `k` (0: least significant) of number `i` lies.
struct Place {
  std::size_t byte;
  int shift;
};
Place place(std::size_t i, int k, int bits, BitOrder order) {
  const bool most_first = order == BitOrder::kMostFirst;
  const std::size_t at = i * static_cast<std::size_t>(bits) + static_cast<std::size_t>(most_first ? bits - 1 - k : k);
  const int within = static_cast<int>(at % 8);
  return {at / 8, most_first ? 7 - within : within};
}

}  // namespace

std::string pack_bits(std::span<const std::uint8_t> numbers, int bits, BitOrder order) {
  std::string out(packed_bytes(numbers.size(), bits), '\0');
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (int k = 0; k < bits; ++k) {
      const Place p = place(i, k, bits, order);
      if ((numbers[i] >> k & 1) != 0) out[p.byte] = static_cast<char>(out[p.byte] | (1 << p.shift));
    }
  }
  return out;
}

std::vector<std::uint8_t> unpack_bits(std::span<const std::byte> packed, std::size_t count, int bits, BitOrder order) {
  std::vector<std::uint8_t> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    unsigned number = 0;
    for (int k = 0; k < bits; ++k) {
      const Place p = place(i, k, bits, order);
      number |= (std::to_integer<unsigned>(packed[p.byte]) >> p.shift & 1u) << k;
    }
    out[i] = static_cast<std::uint8_t>(number);
  }
  return out;
}

}  // namespace paw::coreml
