#include "vision/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace paw::manifest_test {

using testing::HasSubstr;

constexpr const char* kHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const std::string kHead = "path,sha256,class,split,verdict,reason\n";

Result<std::vector<ManifestRow>> parse(const std::string& text) { return parse_manifest(text, "manifest.csv"); }

TEST(ManifestTest, OneLinePerRowSortedByPath) {
  const std::vector<ManifestRow> rows = {{.path = "dog/1.jpg",
                                          .sha256 = sha256_from_hex(kHash),
                                          .label = "dog",
                                          .split = Split::kVal,
                                          .verdict = "ok",
                                          .reason = ""},
                                         {.path = "cat/.DS_Store",
                                          .sha256 = {},
                                          .label = "cat",
                                          .split = {},
                                          .verdict = "system_file",
                                          .reason = "hidden, or so"}};
  EXPECT_EQ(manifest_text(rows),
            kHead + "cat/.DS_Store,,cat,,system_file,\"hidden, or so\"\ndog/1.jpg," + kHash + ",dog,val,ok,\n");
}

// Any text in any column comes back, and neither the order of the rows nor CR LF matters.
TEST(ManifestTest, WhatIsWrittenIsRead) {
  static constexpr std::string_view kPieces[] = {"a", ",", "\"", "\n", "\r", " ", "ä", "/", "''", "\"\"", "猫"};
  Random random(4);
  const auto text = [&](std::string start) {
    for (std::uint64_t i = random.below(6); i > 0; --i) start += kPieces[random.below(std::size(kPieces))];
    return start;
  };
  for (int round = 0; round < 100; ++round) {
    std::vector<ManifestRow> rows;
    for (std::uint64_t i = 0; i < 8; ++i) {
      ManifestRow row{.path = text(std::to_string(i)),
                      .sha256 = {},
                      .label = text(""),
                      .split = {},
                      .verdict = "gray",
                      .reason = text("")};
      if (random.below(2) == 0) row.sha256 = sha256_from_hex(kHash);
      if (random.below(2) == 0) row.split = static_cast<Split>(random.below(3));
      rows.push_back(std::move(row));
    }
    const std::string written = manifest_text(rows);
    std::ranges::reverse(rows);
    EXPECT_EQ(manifest_text(rows), written);
    std::ranges::reverse(rows);  // paths begin with their number: sorted
    const auto read = parse(written);
    ASSERT_TRUE(read) << read.error().text() << '\n' << written;
    EXPECT_EQ(*read, rows);
  }
  const auto windows = parse("path,sha256,class,split,verdict,reason\r\na,,x,,gray,\"b\"\r\n");
  ASSERT_TRUE(windows) << windows.error().text();
  EXPECT_EQ(windows->at(0).reason, "b");
  EXPECT_TRUE(parse(kHead)->empty());
  EXPECT_EQ(parse(kHead + "a,,x,,gray,b")->size(), 1u) << "the last line may lack its end";
}

TEST(ManifestTest, NamesThatAreNotUtf8AreEscaped) {
  const std::vector<ManifestRow> rows = {
      {.path = "cat/\xff.jpg", .sha256 = {}, .label = "cat", .split = {}, .verdict = "name_not_utf8", .reason = "x"}};
  const auto read = parse(manifest_text(rows));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->at(0).path, "cat/\\xff.jpg");
}

TEST(ManifestTest, BrokenFilesAreRefusedWithTheLine) {
  const struct {
    std::string text;
    const char* where;
    const char* what;
  } cases[] = {
      {"", ":1", "header"},
      {"path,sha256\n", ":1", "header"},
      {kHead + "a,,x,,gray\n", ":2", "5 fields"},
      {kHead + "a,,x,,gray,b,c\n", ":2", "more than 6"},
      {kHead + "\n", ":2", "1 fields"},
      {kHead + "a,,x,,gray,\"b\nc\"\nd,,x,,,e\n", ":4", "verdict"},
      {kHead + "a,,x,,gray,\"b\n", ":2", "does not end"},
      {kHead + "a,,x,,gray,b\"c\n", ":2", "quote"},
      {kHead + "a,,x,,gray,\"b\"c\n", ":2", "follows"},
      {kHead + "a,,x,,gray,b\rc\n", ":2", "CR"},
      {kHead + ",,x,,gray,b\n", ":2", "path"},
      {kHead + "a,12,x,,gray,b\n", ":2", "SHA-256"},
      {kHead + "a,,x,both,gray,b\n", ":2", "split"},
      {kHead + "a,,x,,Gray,b\n", ":2", "verdict"},
      {kHead + "a,,x,,ok,\n", ":2", "no SHA-256"},
      {kHead + "a,,x,,gray,b\na,,y,,gray,b\n", ":3", "before"},
      {kHead + "\xff,,x,,gray,b\n", ":1", "UTF-8"},
  };
  for (const auto& c : cases) {
    const auto rows = parse(c.text);
    ASSERT_FALSE(rows) << c.text;
    EXPECT_EQ(rows.error().code, ErrorCode::kBadData);
    EXPECT_EQ(rows.error().where, std::string("manifest.csv") + c.where) << c.text;
    EXPECT_THAT(rows.error().message, HasSubstr(c.what)) << c.text;
  }
}

// Any bytes are safe.
TEST(ManifestTest, BrokenBytesGiveRowsOrAnError) {
  const std::string good = kHead + "\"a,\"\"b\"," + kHash + ",cat,train,ok,\nc,,dog,,gray,\"x\ny\"\n";
  Random random(8);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0: text[at] = static_cast<char>(random.below(256)); break;
        case 1: text.erase(at, 1 + random.below(5)); break;
        default: text.insert(at, 1, "\",\n\r"[random.below(4)]); break;
      }
      if (text.empty()) break;
    }
    if (const auto rows = parse(text)) {
      const auto again = parse(manifest_text(*rows));
      ASSERT_TRUE(again) << text;
      EXPECT_EQ(again->size(), rows->size());
    } else {
      EXPECT_EQ(rows.error().code, ErrorCode::kBadData);
    }
  }
}

}  // namespace paw::manifest_test
