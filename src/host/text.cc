#include "host/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace paw {

namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// Length of the valid UTF-8 sequence at `i`, with its code point; 0 when there is none.
std::size_t decode_utf8(std::string_view text, std::size_t i, std::uint32_t& code) {
  const unsigned lead = byte_at(text, i);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead <= 0xF4 ? 4 : 0;
  if (lead < 0xC2 || length == 0 || i + length > text.size()) return 0;
  code = lead & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    const unsigned next = byte_at(text, i + k);
    if ((next & 0xC0) != 0x80) return 0;
    code = code << 6 | (next & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

// Characters that change what surrounds them on a terminal: controls, separators of lines, direction of writing.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

// `value` in steps of 1000 with three significant digits and the unit of its step.
std::string scaled(std::uint64_t value, std::span<const std::string_view> units) {
  if (value < 1000) return fmt::format("{}{}", value, units[0]);
  double x = static_cast<double>(value);
  std::size_t step = 0;
  // 999.5 and more would be printed as 1000 of the smaller unit.
  while (x >= 999.5 && step + 1 < units.size()) {
    x /= 1000;
    ++step;
  }
  std::string digits = fmt::format("{:.{}f}", x, x >= 99.95 ? 0 : x >= 9.995 ? 1 : 2);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits + std::string(units[step]);
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  std::uint32_t code = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = decode_utf8(text, i, code);
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    const std::size_t length = decode_utf8(text, i, code);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", byte_at(text, i));
    } else if (!is_control(code)) {
      out += text.substr(i, length);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else {
      out += code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

std::string_view clip(std::string_view text, std::size_t width) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_code_point(text[i]) && ++columns > width) return text.substr(0, i);
  }
  return text;
}

std::string human_count(std::uint64_t count) {
  static constexpr std::string_view kUnits[] = {"", " k", " M", " G", " T", " P", " E"};
  return scaled(count, kUnits);
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::string_view kUnits[] = {" B", " kB", " MB", " GB", " TB", " PB", " EB"};
  return scaled(bytes, kUnits);
}

std::string human_duration(double seconds) {
  constexpr double kLongest = 1e9;  // 31 years: whatever made the estimate knows nothing
  if (!(seconds >= 0) || seconds > kLongest) return "?";
  const auto total = static_cast<std::int64_t>(std::llround(seconds));
  if (total < 3600) return fmt::format("{}:{:02}", total / 60, total % 60);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

void Table::header(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.insert(rows_.begin(), std::move(cells));
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string fill(widths[i] - display_width(row[i]), ' ');
      if (i > 0) line += "  ";
      line += columns_[i] == Align::kRight ? fill + row[i] : row[i] + fill;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace paw
