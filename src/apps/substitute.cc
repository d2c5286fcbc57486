#include "apps/substitute.h"

#include <fmt/format.h>

#include <optional>

namespace paw {

namespace {

std::string for_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// Inside double quotes of JSON or JavaScript. U+2028 and U+2029 ended lines of old JavaScript.
std::string for_quotes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (text.substr(i, 3) == "\xE2\x80\xA8" || text.substr(i, 3) == "\xE2\x80\xA9") {
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  return out;
}

// The text of a <string> resource: on top of markup, its compiler has escapes of its own, takes a leading @ or ? for a
// reference, and joins spaces.
std::string for_string_resource(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool outer = i == 0 || i + 1 == text.size();
    if (c == '\\' || c == '\'' || c == '"' || (i == 0 && (c == '@' || c == '?'))) out += '\\';
    if (c == ' ' && (outer || text[i - 1] == ' ')) {
      out += "\\u0020";
    } else {
      out += c;
    }
  }
  return for_markup(out);
}

std::optional<std::string> escaped(std::string_view escape, std::string_view text) {
  if (escape == "html" || escape == "xml") return for_markup(text);
  if (escape == "json" || escape == "js") return for_quotes(text);
  if (escape == "android") return for_string_resource(text);
  if (escape == "raw") return std::string(text);
  return std::nullopt;
}

}  // namespace

Result<std::string> substitute(std::string_view text, const Values& values, std::string_view where) {
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t begin = text.find("@@", at);
    out += text.substr(at, begin - at);
    if (begin == std::string_view::npos) return out;
    const std::size_t end = text.find("@@", begin + 2);
    const std::string_view mark = end == std::string_view::npos ? "" : text.substr(begin + 2, end - begin - 2);
    const std::size_t colon = mark.find(':');
    const auto value = values.find(colon == std::string_view::npos ? "" : mark.substr(colon + 1));
    const auto inserted = value == values.end() ? std::nullopt : escaped(mark.substr(0, colon), value->second);
    if (!inserted) {
      return fail(ErrorCode::kInternal, where, fmt::format("has an unknown mark '{}'", mark.substr(0, 40)));
    }
    out += *inserted;
    at = end + 2;
  }
}

}  // namespace paw
