#include "apps/apk/zip.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace paw::zip_test {

std::vector<std::byte> content(std::size_t size) { return std::vector<std::byte>(size, std::byte{7}); }

std::size_t number(const std::vector<std::byte>& zip, std::size_t at, int bytes) {
  std::size_t out = 0;
  for (int i = bytes - 1; i >= 0; --i)
    out = out << 8 | std::to_integer<std::size_t>(zip[at + static_cast<std::size_t>(i)]);
  return out;
}

// Follows the local headers, as their sizes say; where each file's data begins.
std::vector<std::size_t> data_offsets(const std::vector<std::byte>& zip, std::size_t files) {
  std::vector<std::size_t> out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < files; ++i) {
    EXPECT_EQ(number(zip, at, 4), 0x04034B50u);
    EXPECT_EQ(number(zip, at + 8, 2), 0u) << "compressed";
    out.push_back(at + 30 + number(zip, at + 26, 2) + number(zip, at + 28, 2));
    at = out.back() + number(zip, at + 18, 4);
  }
  EXPECT_EQ(number(zip, at, 4), 0x02014B50u) << "the central directory follows";
  return out;
}

TEST(AlignedZip, LibrariesBeginAtPagesAllElseAtFour) {
  for (std::size_t size = 0; size < 5; ++size) {
    const std::vector<AppFile> files = {
        {"a", content(size)}, {"lib/x/liba.so", content(9)}, {"bcd", content(3)}, {"lib/x/libb.so", content(20'000)}};
    const auto zip = aligned_zip(files);
    ASSERT_TRUE(zip);
    const std::vector<std::size_t> at = data_offsets(*zip, files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_EQ(at[i] % (files[i].path.ends_with(".so") ? kPageAlignment : 4), 0u) << files[i].path;
    }
    EXPECT_EQ(*aligned_zip(files), *zip);
  }
}

TEST(AlignedZip, TooManyFilesAreRefused) {
  const std::vector<AppFile> files(0xFFFF, AppFile{"a", {}});
  const auto zip = aligned_zip(files);
  ASSERT_FALSE(zip);
  EXPECT_EQ(zip.error().code, ErrorCode::kUnsupported);
}

}  // namespace paw::zip_test
