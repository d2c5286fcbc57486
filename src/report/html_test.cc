#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paw::html_test {

using testing::HasSubstr;
using testing::Not;

std::string base64_of(std::string_view text) { return base64(std::as_bytes(std::span(text))); }

TEST(Html, TextCannotBecomeMarkup) {
  EXPECT_EQ(escaped("<b a='x' c=\"y\">&</b>"), "&lt;b a=&#39;x&#39; c=&quot;y&quot;&gt;&amp;&lt;/b&gt;");
  const std::string odd = escaped(std::string("a\0b\xff\x1b[31m", 9));
  EXPECT_THAT(odd, Not(HasSubstr("\x1b")));
  EXPECT_THAT(odd, Not(HasSubstr("\xff")));
  EXPECT_EQ(escaped("Katze äöü 猫"), "Katze äöü 猫");
}

// RFC 4648 section 10.
TEST(Html, Base64) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\xff\xfe\xfd"), "//79");
}

TEST(Html, Pictures) {
  EXPECT_EQ(report::image({}), "");
  const report::Picture picture{
      .file = Bytes::copy_of(std::as_bytes(std::span("foo", 3))), .width = 3, .height = 4, .alt = "a \"cat\""};
  EXPECT_EQ(
      report::image(picture, "thumb"),
      "<img class=\"thumb\" width=\"3\" height=\"4\" alt=\"a &quot;cat&quot;\" src=\"data:image/jpeg;base64,Zm9v\">");
}

TEST(Html, TablesHaveHeadings) {
  report::HtmlTable table("Counts", {{"Class", report::HtmlTable::Column::kText}, {"Files"}}, true);
  table.row({"cat", "5"}, "best");
  const std::string html = table.html();
  for (const char* part : {"<caption>Counts</caption>", "class=\"cards\"", "<tr role=\"row\" class=\"best\">",
                           "<th scope=\"row\" role=\"rowheader\" class=\"t\">cat</th>",
                           "<td role=\"cell\" class=\"n\" data-title=\"Files\">5</td>"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(Html, Numbers) {
  EXPECT_EQ(report::percent(0.9834), "98.3&nbsp;%");
  EXPECT_EQ(report::milliseconds(3.217), "3.22&nbsp;ms");
  EXPECT_EQ(report::milliseconds(31.7), "31.7&nbsp;ms");
  EXPECT_EQ(report::milliseconds(317.2), "317&nbsp;ms");
  EXPECT_EQ(report::seconds(3.25), "3.2&nbsp;s");
  EXPECT_EQ(report::seconds(119.6), "2&nbsp;min 0&nbsp;s");
  EXPECT_EQ(report::counted(1, "photo"), "1&nbsp;photo");
  EXPECT_EQ(report::counted(3, "photo"), "3&nbsp;photos");
  EXPECT_EQ(report::counted(0, "class", "classes"), "0&nbsp;classes");
}

}  // namespace paw::html_test
