#include "runtime/checksum.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/random.h"

namespace paw::checksum_test {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// The check value of the CRC catalogues, and RFC 3720's 32 zeros.
TEST(Checksum, KnownValues) {
  EXPECT_EQ(crc32c(0, bytes("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c_portable(0, bytes("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c(0, std::vector<std::byte>(32)), 0x8A9136AAu);
  EXPECT_EQ(crc32c(0, {}), 0u);
}

TEST(Checksum, InPiecesAndByTablesTheSame) {
  Random random(4);
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::byte> data(size);
    for (std::byte& b : data) b = static_cast<std::byte>(random.below(256));
    const std::uint32_t whole = crc32c(0, data);
    EXPECT_EQ(whole, crc32c_portable(0, data)) << size;
    const std::size_t cut = random.below(size + 1);
    EXPECT_EQ(whole, crc32c(crc32c(0, std::span(data).first(cut)), std::span(data).subspan(cut))) << size;
  }
}

}  // namespace paw::checksum_test
