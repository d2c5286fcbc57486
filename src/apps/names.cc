#include "apps/names.h"

#include <algorithm>
#include <array>

#include "host/text.h"

namespace paw {

namespace {

constexpr std::size_t kMostCharacters = 50, kMostId = 100;

constexpr std::array<std::string_view, 62> kReserved = {
    "abstract",  "as",     "assert",     "boolean", "break",     "byte",     "case",      "catch",  "char",
    "class",     "const",  "continue",   "default", "do",        "double",   "else",      "enum",   "extends",
    "false",     "final",  "finally",    "float",   "for",       "fun",      "goto",      "if",     "implements",
    "import",    "in",     "instanceof", "int",     "interface", "is",       "long",      "native", "new",
    "null",      "object", "package",    "private", "protected", "public",   "return",    "short",  "static",
    "strictfp",  "super",  "switch",     "this",    "throw",     "throws",   "transient", "true",   "try",
    "typealias", "typeof", "val",        "var",     "void",      "volatile", "when",      "while"};

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool good_part(std::string_view part) {
  if (part.empty() || !lower(part.front())) return false;
  if (!std::ranges::all_of(part, [](char c) { return lower(c) || digit(c) || c == '_'; })) return false;
  return std::ranges::find(kReserved, part) == kReserved.end();
}

}  // namespace

Status check_app_name(std::string_view name) {
  const auto wrong = [](std::string_view message) { return fail(ErrorCode::kUsage, "--name", message); };
  if (invalid_utf8(name)) return wrong("the name is not UTF-8");
  const auto characters = std::ranges::count_if(name, [](char c) { return (c & 0xC0) != 0x80; });
  if (std::ranges::all_of(name, [](char c) { return c == ' '; })) return wrong("an app needs a name");
  if (static_cast<std::size_t>(characters) > kMostCharacters) return wrong("the name has more than 50 characters");
  const bool control = std::ranges::any_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return control ? wrong("the name holds a control character") : Status{};
}

Status check_app_id(std::string_view id) {
  bool good = id.size() <= kMostId && id.find('.') != std::string_view::npos;
  for (std::size_t at = 0; good && at <= id.size();) {
    const std::size_t end = std::min(id.find('.', at), id.size());
    good = good_part(id.substr(at, end - at));
    at = end + 1;
  }
  if (good) return {};
  return fail(ErrorCode::kUsage, "--id", "'" + printable(id) + "' is no application id",
              "give one such as com.example.catordog: parts of lower-case letters, digits and underscores");
}

std::string default_app_id(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower(small) || (digit(small) && !part.empty())) part += small;
  }
  if (part.size() > kMostCharacters) part.resize(kMostCharacters);
  if (part.empty() || !good_part(part)) part = "app" + part;
  return "com.example." + part;
}

}  // namespace paw
