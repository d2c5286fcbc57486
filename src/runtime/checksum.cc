#include "runtime/checksum.h"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include "runtime/plan.h"

namespace paw {

namespace {

// Eight tables: eight bytes a step ("slicing by 8", Kounavis and Berry 2005); half a second for a gigabyte.
constexpr auto kTables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[t - 1][i];
      tables[t][i] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}();

#if defined(__x86_64__)
// Eight bytes a step: four times as fast as the tables.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::uint32_t crc, std::span<const std::byte> data) {
  std::uint64_t state = ~crc;
  const std::byte* at = data.data();
  std::size_t left = data.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    state = _mm_crc32_u64(state, word);
  }
  auto tail = static_cast<std::uint32_t>(state);
  for (; left > 0; --left, ++at) tail = _mm_crc32_u8(tail, std::to_integer<std::uint8_t>(*at));
  return ~tail;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::uint32_t crc, std::span<const std::byte> data) {
  crc = ~crc;
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) { return std::to_integer<std::uint32_t>(data[at]); };
  for (; i + 8 <= data.size(); i += 8) {
    crc ^= byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    crc = kTables[7][crc & 0xFF] ^ kTables[6][(crc >> 8) & 0xFF] ^ kTables[5][(crc >> 16) & 0xFF] ^
          kTables[4][crc >> 24] ^ kTables[3][byte(i + 4)] ^ kTables[2][byte(i + 5)] ^ kTables[1][byte(i + 6)] ^
          kTables[0][byte(i + 7)];
  }
  for (; i < data.size(); ++i) crc = (crc >> 8) ^ kTables[0][(crc ^ byte(i)) & 0xFF];
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> data) {
#if defined(__x86_64__)
#if defined(__SSE4_2__)
  const bool has = true;
#else
  const bool has = __builtin_cpu_supports("sse4.2") != 0;
#endif
  if (has) return crc32c_sse42(crc, data);
#endif
  return crc32c_portable(crc, data);
}

std::uint32_t plan_checksum(std::span<const std::byte> file) {
  constexpr std::size_t kAt = offsetof(PlanHeader, crc);
  constexpr std::array<std::byte, sizeof(std::uint32_t)> kZero{};
  std::uint32_t crc = crc32c(0, file.first(kAt));
  crc = crc32c(crc, kZero);
  return crc32c(crc, file.subspan(kAt + sizeof(std::uint32_t)));
}

}  // namespace paw
