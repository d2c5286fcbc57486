// Text for people: numbers with units, aligned tables, and names from files made safe to print.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace paw {

// Offset of the first byte that is not valid UTF-8 (RFC 3629: no overlong forms, no surrogates); nullopt when all is.
std::optional<std::size_t> invalid_utf8(std::string_view text);

// `text` with every control character, line break, text-direction control and invalid byte written as an escape, so
// that a name out of a file cannot move the cursor, colour the terminal or forge a line. Other text is unchanged.
std::string printable(std::string_view text);

// Columns that `text` takes on a terminal, counting each code point as one.
std::size_t display_width(std::string_view text);
// The longest beginning of `text` that takes at most `width` columns.
std::string_view clip(std::string_view text, std::size_t width);

// Three significant digits: "842", "3.47 k", "80 M". Decimal steps.
std::string human_count(std::uint64_t count);
// "512 B", "13.9 MB". Decimal steps: 1 MB = 10^6 bytes.
std::string human_bytes(std::uint64_t bytes);
// "0:07", "12:05", "3:02:09"; rounded to whole seconds. Negative and not-a-number: "?".
std::string human_duration(double seconds);

// Rows of text in aligned columns, two spaces apart, with a header line when one is given.
class Table {
 public:
  enum class Align : std::uint8_t { kLeft, kRight };

  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}
  void header(std::vector<std::string> cells);
  // Short rows are padded with empty cells. Requires at most as many cells as there are columns.
  void row(std::vector<std::string> cells);
  // Lines that end in a newline, without spaces before it.
  std::string text() const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace paw
