#include "host/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "host/text.h"

namespace paw {

namespace {

// "where:3:14" for a byte offset.
std::string place(std::string_view where, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return std::string(where) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

// Offset of the bracket that nests deeper than `limit`. Seen before parsing, so that depth costs nothing.
std::optional<std::size_t> too_deep(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

// Sees each key of each open object; the library itself would keep one of two equal keys in silence.
class DuplicateKeys {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key && !open_.back().insert(parsed.get<std::string>()).second && !duplicate) {
      duplicate = parsed.get<std::string>();
    }
    return true;
  }

  std::optional<std::string> duplicate;

 private:
  std::vector<std::set<std::string>> open_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..." -> "syntax error ..."
std::string reason(std::string_view what) {
  if (const std::size_t end = what.find("] "); end != std::string_view::npos) what.remove_prefix(end + 2);
  if (what.starts_with("parse error")) {
    if (const std::size_t end = what.find(": "); end != std::string_view::npos) what.remove_prefix(end + 2);
  }
  return printable(what);
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view where, const JsonLimits& limits, ErrorCode code) {
  if (text.size() > limits.max_bytes) {
    return fail(
        code, std::string(where),
        "holds " + human_bytes(text.size()) + " of JSON, at most " + human_bytes(limits.max_bytes) + " are read");
  }
  if (const auto at = too_deep(text, limits.max_depth)) {
    return fail(code, place(where, text, *at),
                "JSON nested deeper than " + std::to_string(limits.max_depth) + " levels");
  }
  try {
    DuplicateKeys keys;
    Json json = Json::parse(text.begin(), text.end(), std::ref(keys));
    if (keys.duplicate) {
      return fail(code, std::string(where), "the key \"" + printable(*keys.duplicate) + "\" appears twice");
    }
    return json;
  } catch (const Json::parse_error& e) {
    return fail(code, place(where, text, e.byte > 0 ? e.byte - 1 : 0), "not valid JSON: " + reason(e.what()));
  } catch (const Json::exception& e) {  // a number beyond the range of a double
    return fail(code, std::string(where), "not valid JSON: " + reason(e.what()));
  }
}

std::string to_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json to_json(const Error& error) {
  return {{"code", code_name(error.code)},
          {"exit", exit_code(error.code)},
          {"message", error.message},
          {"where", error.where},
          {"hint", error.hint}};
}

}  // namespace paw
