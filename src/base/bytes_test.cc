#include "base/bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace paw::bytes_test {

std::span<const std::byte> as_bytes(const std::vector<std::uint8_t>& data) { return std::as_bytes(std::span(data)); }

TEST(AlignedBuffer, IsZeroedAndAligned) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{100000}}) {
    AlignedBuffer buffer(size);
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kBufferAlignment, 0u);
    EXPECT_TRUE(std::ranges::all_of(buffer.as<std::uint8_t>(), [](std::uint8_t b) { return b == 0; }));
  }
  EXPECT_EQ(AlignedBuffer(9).as<std::uint32_t>().size(), 2u);
}

TEST(Bytes, TakesOverABuffer) {
  AlignedBuffer buffer(8);
  buffer.as<std::uint32_t>()[1] = 7;
  const std::byte* address = buffer.data();
  const Bytes bytes(std::move(buffer));
  EXPECT_EQ(bytes.data(), address);
  EXPECT_EQ(bytes.as<std::uint32_t>()[1], 7u);
}

TEST(Bytes, CopyIsIndependentOfItsSource) {
  std::vector<std::uint8_t> source = {1, 2, 3};
  const Bytes bytes = Bytes::copy_of(as_bytes(source));
  source[0] = 9;
  EXPECT_EQ(bytes.as<std::uint8_t>()[0], 1);
  EXPECT_EQ(bytes.size(), 3u);
  EXPECT_TRUE(Bytes::copy_of({}).empty());
}

TEST(Bytes, EqualityComparesContents) {
  const std::vector<std::uint8_t> data = {1, 2, 3, 1, 2, 4};
  const Bytes all = Bytes::copy_of(as_bytes(data));
  const Bytes first = all.slice(0, 2);
  EXPECT_EQ(first, all.slice(3, 2));
  EXPECT_FALSE(all.slice(0, 3) == all.slice(3, 3));
  EXPECT_FALSE(first == all.slice(0, 3));
  EXPECT_EQ(Bytes{}, all.slice(2, 0));
}

TEST(Bytes, AViewAndItsSlicesKeepTheOwnerAlive) {
  auto owner = std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{5, 6, 7});
  const std::weak_ptr<std::vector<std::uint8_t>> watch = owner;
  Bytes tail;
  {
    const Bytes all(owner, as_bytes(*owner));
    tail = all.slice(1, 2);
  }
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(tail.as<std::uint8_t>()[1], 7);
  tail = {};
  EXPECT_TRUE(watch.expired());
}

}  // namespace paw::bytes_test
