#include "report/html.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "host/text.h"

namespace paw {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string base64(std::span<const std::byte> data) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < left ? std::to_integer<std::uint32_t>(data[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= left ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

namespace report {

std::string image(const Picture& picture, std::string_view kind) {
  if (picture.empty()) return "";
  return fmt::format("<img class=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\" src=\"data:{};base64,{}\">", kind,
                     picture.width, picture.height, escaped(picture.alt), picture.type, base64(picture.file.span()));
}

void HtmlTable::row(std::vector<std::string> cells, std::string_view kind) {
  assert(cells.size() == headings_.size());
  rows_ += fmt::format("<tr role=\"row\" class=\"{}\">", kind);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Heading& heading = headings_[i];
    const char* side = heading.column == Column::kNumber ? "n" : "t";
    if (i == 0) {
      rows_ += fmt::format("<th scope=\"row\" role=\"rowheader\" class=\"{}\">{}</th>", side, cells[i]);
    } else {
      rows_ += fmt::format("<td role=\"cell\" class=\"{}\" data-title=\"{}\">{}</td>", side, heading.title, cells[i]);
    }
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::html() const {
  std::string out = fmt::format(
      "<table role=\"table\" class=\"{}\"><caption>{}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
      cards_ ? "cards" : "plain", caption_);
  for (const Heading& heading : headings_) {
    out += fmt::format("<th scope=\"col\" role=\"columnheader\" class=\"{}\">{}</th>",
                       heading.column == Column::kNumber ? "n" : "t", heading.title);
  }
  return out + "</tr></thead>\n<tbody role=\"rowgroup\">\n" + rows_ + "</tbody></table>\n";
}

std::string percent(double share, int digits) {
  return std::isfinite(share) ? fmt::format("{:.{}f}&nbsp;%", share * 100, digits) : "";
}

std::string milliseconds(double ms) { return fmt::format("{:.{}f}&nbsp;ms", ms, ms < 9.95 ? 2 : ms < 99.5 ? 1 : 0); }

std::string seconds(double s) {
  if (s < 10) return fmt::format("{:.1f}&nbsp;s", s);
  const auto whole = std::llround(s);
  if (whole < 120) return fmt::format("{}&nbsp;s", whole);
  return fmt::format("{}&nbsp;min {}&nbsp;s", whole / 60, whole % 60);
}

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{}&nbsp;{}{}", count, count == 1 || plural.empty() ? singular : plural,
                     count == 1 || !plural.empty() ? "" : "s");
}

}  // namespace report
}  // namespace paw
