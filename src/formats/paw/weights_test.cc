#include "formats/paw/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paw::paw_file::weights_test {

using testing::HasSubstr;

Bytes text(std::string_view s) { return Bytes::copy_of(std::as_bytes(std::span(s))); }

TEST(WeightWriter, AlignsAndStoresEqualContentsOnce) {
  WeightWriter writer;
  EXPECT_EQ(writer.place(text("abc")), 0u);
  EXPECT_EQ(writer.place(text(std::string(65, 'x'))), 64u);
  EXPECT_EQ(writer.place(text("abd")), 192u);
  EXPECT_EQ(writer.place(text("abc")), 0u);
  EXPECT_EQ(writer.place(text("ab")), 256u);  // a prefix is not the same constant
  EXPECT_EQ(writer.parts().size(), 4u);
}

TEST(WeightReader, HandsOutViewsAndAccountsForEveryByte) {
  std::string contents(66, '\0');
  contents[0] = 'a';
  contents[64] = 'b';
  const Bytes section = text(contents);
  WeightReader reader(section);
  const auto first = reader.resolve(0, 3);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->data(), section.data());
  EXPECT_THAT(reader.unclaimed(), HasSubstr("no constant names its bytes from 3"));
  ASSERT_TRUE(reader.resolve(64, 2));
  ASSERT_TRUE(reader.resolve(0, 3));  // shared
  EXPECT_EQ(reader.unclaimed(), "");
}

std::string refusal(WeightReader& reader, std::uint64_t offset, std::uint64_t bytes) {
  const auto data = reader.resolve(offset, bytes);
  return data ? "" : data.error().message;
}

TEST(WeightReader, RefusesReferencesThatDoNotFit) {
  WeightReader reader(text(std::string(256, '\0')));
  EXPECT_THAT(refusal(reader, 0, 257), HasSubstr("reaches past the section's 256"));
  EXPECT_THAT(refusal(reader, 320, 1), HasSubstr("reaches past"));
  EXPECT_THAT(refusal(reader, UINT64_MAX - 63, 128), HasSubstr("reaches past"));
  EXPECT_THAT(refusal(reader, 64, UINT64_MAX - 32), HasSubstr("reaches past"));
  EXPECT_THAT(refusal(reader, 4, 4), HasSubstr("not 64-byte aligned"));
  EXPECT_THAT(refusal(reader, 0, 0), HasSubstr("is empty"));
  EXPECT_EQ(refusal(reader, 0, 4), "");
  EXPECT_THAT(refusal(reader, 0, 8), HasSubstr("two different sizes"));
}

TEST(WeightReader, FindsOverlapsGapsAndHiddenBytes) {
  WeightReader overlap(text(std::string(256, '\0')));
  ASSERT_EQ(refusal(overlap, 0, 65) + refusal(overlap, 64, 192), "");
  EXPECT_THAT(overlap.unclaimed(), HasSubstr("at 64 overlaps"));
  WeightReader gap(text(std::string(256, '\0')));
  ASSERT_EQ(refusal(gap, 0, 64) + refusal(gap, 128, 128), "");
  EXPECT_THAT(gap.unclaimed(), HasSubstr("no constant names its bytes at 64"));
  std::string hidden(128, '\0');
  hidden[10] = 'x';
  WeightReader padding{text(hidden)};
  ASSERT_EQ(refusal(padding, 0, 4) + refusal(padding, 64, 64), "");
  EXPECT_THAT(padding.unclaimed(), HasSubstr("padding at 10 is not zero"));
}

TEST(WeightReader, BoundsHowOftenConstantsAreReused) {
  constexpr std::uint64_t kMegabyte = 1 << 20;
  WeightReader reader{Bytes(AlignedBuffer(kMegabyte))};
  int times = 0;
  while (times < 1000 && reader.resolve(0, kMegabyte)) ++times;
  EXPECT_EQ(times, 64);
  EXPECT_THAT(refusal(reader, 0, kMegabyte), HasSubstr("named too often"));
}

}  // namespace paw::paw_file::weights_test
