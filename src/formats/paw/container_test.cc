#include "formats/paw/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/paw/paw_testing.h"

namespace paw::paw_file::container_test {

using namespace paw_testing;
using testing::HasSubstr;

Bytes text(std::string_view s) { return Bytes::copy_of(std::as_bytes(std::span(s))); }

Bytes sample() {
  const std::vector<NewSection> sections = {
      {"AAAA", {{0, text("hello")}}}, {"BBBB", {{0, text("x")}, {64, text("yz")}}}, {"CCCC", {}}};
  return pack(sections);
}

// The message of the error that `bytes` gives; empty when it can be read.
std::string refusal(const Bytes& bytes) {
  const auto sections = unpack(bytes, "a.paw");
  if (sections) return {};
  EXPECT_EQ(sections.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(sections.error().where, testing::StartsWith("a.paw"));
  return sections.error().text();
}

std::string refusal_after(void (*change)(Raw&), bool repair = true) {
  Raw raw(sample());
  change(raw);
  if (repair) raw.repair();
  return refusal(raw.bytes());
}

TEST(Container, PacksAndUnpacks) {
  const Bytes file = sample();
  const auto sections = unpack(file, "a.paw");
  ASSERT_TRUE(sections) << sections.error().text();
  ASSERT_EQ(sections->size(), 3u);
  EXPECT_EQ((*sections)[0].tag, "AAAA");
  EXPECT_EQ((*sections)[0].data, text("hello"));
  EXPECT_EQ((*sections)[1].data.size(), 66u);
  EXPECT_EQ((*sections)[1].data.slice(64, 2), text("yz"));
  EXPECT_TRUE((*sections)[2].data.empty());
  for (const Section& section : *sections) EXPECT_EQ((section.data.data() - file.data()) % 64, 0);
  EXPECT_EQ(pack({}).size(), 32u);
  EXPECT_TRUE(unpack(pack({}), "a.paw")->empty());
}

// The layout of docs/paw-file.md, byte for byte. The CRC is that of zlib's crc32 over the same bytes.
TEST(Container, HasTheDocumentedBytes) {
  const std::vector<NewSection> sections = {{"AAAA", {{0, text("hello")}}}};
  Raw raw(pack(sections));
  ASSERT_EQ(raw.data().size(), 69u);
  EXPECT_EQ(std::string(raw.data().data(), 8), "\x89PAW\r\n\x1a\n");
  EXPECT_EQ(raw.get<std::uint32_t>(kVersionAt), 1u);
  EXPECT_EQ(raw.count(), 1u);
  EXPECT_EQ(raw.get<std::uint64_t>(kSizeAt), 69u);
  EXPECT_EQ(raw.get<std::uint32_t>(kReservedAt), 0u);
  EXPECT_EQ(raw.tag(0), "AAAA");
  EXPECT_EQ(raw.get<std::uint32_t>(Raw::entry(0) + kEntryCrcAt), 0x3610A686u);  // CRC-32 of "hello"
  EXPECT_EQ(raw.offset(0), 64u);
  EXPECT_EQ(raw.length(0), 5u);
}

TEST(Container, RefusesWhatIsNotAPawFile) {
  EXPECT_THAT(refusal({}), HasSubstr("is empty, not a .paw file"));
  EXPECT_THAT(refusal(text("P")), HasSubstr("is not a .paw file"));
  EXPECT_THAT(refusal(text(std::string(500, 'x'))), HasSubstr("is not a .paw file"));
  EXPECT_THAT(refusal(text("\x89PAW\n\x1a\n ........")), HasSubstr("line ends were changed"));
}

TEST(Container, RefusesANewerVersionWithWhatToDo) {
  for (const bool repair : {false, true}) {
    const std::string message = refusal_after([](Raw& r) { r.set<std::uint32_t>(kVersionAt, kVersion + 1); }, repair);
    EXPECT_EQ(message, "[a.paw] was written by a newer paw (file version 2, this one reads 1); update paw to read it");
  }
  EXPECT_THAT(refusal_after([](Raw& r) { r.set<std::uint32_t>(kVersionAt, 0); }), HasSubstr("version 0"));
}

TEST(Container, RefusesEveryTruncationAndExtension) {
  const Bytes file = sample();
  for (std::size_t n = 0; n < file.size(); ++n) {
    EXPECT_THAT(refusal(file.slice(0, n)),
                testing::AnyOf(HasSubstr("is empty"), HasSubstr("ends within its header"), HasSubstr("is cut off")))
        << n;
  }
  Raw longer(file);
  longer.data().push_back('x');
  EXPECT_THAT(refusal(longer.bytes()), HasSubstr("1 bytes follow its end"));
  longer.repair();
  EXPECT_THAT(refusal(longer.bytes()), HasSubstr("1 bytes at its end belong to no section"));
}

TEST(Container, FindsEveryFlippedBit) {
  const Bytes file = sample();
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Raw raw(file);
      raw.data()[at] = static_cast<char>(raw.data()[at] ^ (1 << bit));
      EXPECT_NE(refusal(raw.bytes()), "") << at << " bit " << bit;
    }
  }
}

TEST(Container, RefusesBadHeaders) {
  EXPECT_THAT(refusal_after([](Raw& r) { r.set<std::uint32_t>(kReservedAt, 1); }), HasSubstr("reserved field"));
  EXPECT_THAT(refusal_after([](Raw& r) { r.set<std::uint32_t>(kCrcAt, 1); }, false),
              HasSubstr("its header is damaged (CRC)"));
  for (const std::uint32_t count : {20u, 1001u, 0x0AAAAAABu, UINT32_MAX}) {
    Raw raw(sample());
    raw.set(kCountAt, count);
    raw.repair();
    EXPECT_THAT(refusal(raw.bytes()), HasSubstr("sections, more than fit")) << count;
  }
  Raw fewer(sample());
  fewer.set<std::uint32_t>(kCountAt, 1);
  fewer.repair();
  EXPECT_NE(refusal(fewer.bytes()), "");
}

TEST(Container, RefusesBadTags) {
  EXPECT_EQ(refusal_after([](Raw& r) { r.set<std::uint32_t>(Raw::entry(1), 0x41411B41); }),
            "[a.paw: A\\x1bAA] a tag is four printable ASCII characters");
  EXPECT_THAT(refusal_after([](Raw& r) { r.set(Raw::entry(1), r.get<std::uint32_t>(Raw::entry(0))); }),
              HasSubstr("[a.paw: AAAA] there are two sections of this tag"));
}

TEST(Container, RefusesBadPlacement) {
  const auto offset = [](Raw& r, std::size_t i, std::uint64_t v) { r.set(Raw::entry(i) + kEntryOffsetAt, v); };
  for (const auto& [section, value, message] :
       std::vector<std::tuple<std::size_t, std::uint64_t, const char*>>{{0, 0, "overlaps"},
                                                                        {1, 128, "overlaps"},
                                                                        {1, 193, "not at a multiple of 64"},
                                                                        {2, 256, "overlaps"},
                                                                        {1, 1024, "reaches past the end"},
                                                                        {1, UINT64_MAX - 63, "reaches past the end"}}) {
    Raw raw(sample());
    offset(raw, section, value);
    raw.repair();
    EXPECT_THAT(refusal(raw.bytes()), HasSubstr(message)) << section << " at " << value;
  }
  for (const std::uint64_t length : {std::uint64_t{129}, std::uint64_t{1} << 63, UINT64_MAX, UINT64_MAX - 127}) {
    Raw raw(sample());
    raw.set(Raw::entry(1) + kEntryLengthAt, length);
    raw.repair();
    EXPECT_NE(refusal(raw.bytes()), "") << length;
  }
  Raw gap(sample());  // the first section shortened: the second no longer follows it
  gap.set<std::uint64_t>(Raw::entry(1) + kEntryLengthAt, 1);
  gap.repair();
  EXPECT_THAT(refusal(gap.bytes()), HasSubstr("[a.paw: CCCC] leaves a gap before it"));
}

TEST(Container, RefusesHiddenBytesInPadding) {
  EXPECT_THAT(refusal_after([](Raw& r) { r.data()[r.offset(1) - 1] = 'x'; }),
              HasSubstr("[a.paw: BBBB] the padding before it is not zero"));
}

}  // namespace paw::paw_file::container_test
