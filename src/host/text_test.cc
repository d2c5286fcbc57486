#include "host/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace paw::text_test {

using std::string_view_literals::operator""sv;

TEST(Utf8, AcceptsEveryLengthAndFindsTheFirstBadByte) {
  EXPECT_EQ(invalid_utf8("plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x90\xBE"), std::nullopt);
  EXPECT_EQ(invalid_utf8("\xF4\x8F\xBF\xBF"), std::nullopt);  // U+10FFFF
  EXPECT_EQ(invalid_utf8("ab\x80"), 2u);                      // continuation without a lead
  EXPECT_EQ(invalid_utf8("a\xC3"), 1u);                       // cut off
  EXPECT_EQ(invalid_utf8("\xE2\x82"), 0u);                    // cut off
  EXPECT_EQ(invalid_utf8("\xC0\xAF"), 0u);                    // overlong '/'
  EXPECT_EQ(invalid_utf8("\xE0\x80\xAF"), 0u);                // overlong
  EXPECT_EQ(invalid_utf8("\xF0\x80\x80\xAF"), 0u);            // overlong
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80"), 0u);                // surrogate
  EXPECT_EQ(invalid_utf8("\xF4\x90\x80\x80"), 0u);            // above U+10FFFF
  EXPECT_EQ(invalid_utf8("\xF5\x80\x80\x80"), 0u);            // no such lead
  EXPECT_EQ(invalid_utf8("\xC3(\xC3\xA9"), 0u);               // lead without continuation
}

TEST(Printable, LeavesTextAloneAndEscapesWhatMovesTheCursor) {
  EXPECT_EQ(printable("Katze \xC3\xA4 / \"x\" \\ 100 %"), "Katze \xC3\xA4 / \"x\" \\ 100 %");
  EXPECT_EQ(printable("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\x0dd");
  EXPECT_EQ(printable("nul\0!"sv), "nul\\x00!");
  EXPECT_EQ(printable("\x7F"), "\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");            // the one-character CSI
  EXPECT_EQ(printable("\xE2\x80\xAEgpj"), "\\u202egpj");  // right-to-left override
  EXPECT_EQ(printable("\xFFok\xC3"), "\\xffok\\xc3");
}

TEST(Human, CountsHaveThreeDigits) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1 k");
  EXPECT_EQ(human_count(1234), "1.23 k");
  EXPECT_EQ(human_count(3'470'000), "3.47 M");
  EXPECT_EQ(human_count(99'950), "100 k");
  EXPECT_EQ(human_count(999'499), "999 k");
  EXPECT_EQ(human_count(999'500), "1 M");
  EXPECT_EQ(human_count(80'000'000), "80 M");
  EXPECT_EQ(human_count(std::numeric_limits<std::uint64_t>::max()), "18.4 E");
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(13'900'000), "13.9 MB");
}

TEST(Human, Durations) {
  EXPECT_EQ(human_duration(0), "0:00");
  EXPECT_EQ(human_duration(7.4), "0:07");
  EXPECT_EQ(human_duration(59.6), "1:00");
  EXPECT_EQ(human_duration(725), "12:05");
  EXPECT_EQ(human_duration(10929), "3:02:09");
  EXPECT_EQ(human_duration(-1), "?");
  EXPECT_EQ(human_duration(std::numeric_limits<double>::quiet_NaN()), "?");
  EXPECT_EQ(human_duration(std::numeric_limits<double>::infinity()), "?");
}

TEST(Table, AlignsColumnsByCodePoints) {
  Table table({Table::Align::kLeft, Table::Align::kRight, Table::Align::kLeft});
  table.row({"conv2d", "52", "layers"});
  table.row({"\xC3\xA9t\xC3\xA9", "1"});
  table.header({"op", "count", "note"});
  EXPECT_EQ(table.text(),
            "op      count  note\n"
            "conv2d     52  layers\n"
            "\xC3\xA9t\xC3\xA9         1\n");
}

TEST(Table, EmptyPrintsNothing) { EXPECT_EQ(Table({Table::Align::kLeft}).text(), ""); }

TEST(Clip, CutsBetweenCodePoints) {
  EXPECT_EQ(display_width("\xC3\xA9t\xC3\xA9"), 3u);
  EXPECT_EQ(clip("\xC3\xA9t\xC3\xA9", 2), "\xC3\xA9t");
  EXPECT_EQ(clip("abc", 3), "abc");
  EXPECT_EQ(clip("abc", 0), "");
}

}  // namespace paw::text_test
