// HTML out of plain text and pictures: what comes from outside passes through escaped(), in one place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace paw {

// `text` as it may stand in HTML and in quoted attributes: marks of HTML as entities; control characters,
// text-direction marks and invalid UTF-8 as printable() has them.
std::string escaped(std::string_view text);

// RFC 4648 section 4, padded.
std::string base64(std::span<const std::byte> data);

namespace report {

// A picture that travels inside the page. Empty: none.
struct Picture {
  Bytes file;
  std::string type = "image/jpeg";
  std::int64_t width = 0, height = 0;  // pixels
  std::string alt;                     // what it shows, for those who do not see it
  bool empty() const { return file.empty(); }
};

// <img>; nothing for an empty picture. `kind`: classes of the style sheet.
std::string image(const Picture& picture, std::string_view kind = "");

// A table whose cells are HTML already. On a phone its rows become cards when `cards` is set: for many columns.
class HtmlTable {
 public:
  enum class Column : std::uint8_t { kText, kNumber };
  struct Heading {
    std::string title;  // HTML; in cards also before the cell, as text
    Column column = Column::kNumber;
  };
  HtmlTable(std::string caption, std::vector<Heading> headings, bool cards = false)
      : caption_(std::move(caption)), headings_(std::move(headings)), cards_(cards) {}
  // The first cell is the row's heading. `kind`: classes of the row. Requires as many cells as headings.
  void row(std::vector<std::string> cells, std::string_view kind = "");
  std::string html() const;

 private:
  std::string caption_;
  std::vector<Heading> headings_;
  bool cards_;
  std::string rows_;
};

// Numbers as all parts of the page write them.
std::string percent(double share, int digits = 1);  // "98.0 %"
std::string milliseconds(double ms);                // "3.2 ms"
std::string seconds(double s);                      // "12 s", "3 min 20 s"
// `singular` or `plural` behind a number: "1 photo", "20 photos".
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural = "");

}  // namespace report
}  // namespace paw
