// JSON behind Result: parsing with limits, printing without surprises. The only user of the library's exceptions.
// A .cc file that builds or reads Json includes <nlohmann/json.hpp> itself.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace paw {

using Json = nlohmann::ordered_json;  // keys stay in the order written

struct JsonLimits {
  std::size_t max_bytes = std::size_t{16} << 20;
  int max_depth = 64;  // arrays and objects inside each other
};

// RFC 8259 text in UTF-8: no comments, no NaN, nothing after the value. Duplicate keys are refused. Errors of code
// `code`, whose `where` is `where` with ":LINE:COLUMN" when the place is known.
Result<Json> parse_json(std::string_view text, std::string_view where, const JsonLimits& limits = {},
                        ErrorCode code = ErrorCode::kUnsupported);

// One line, or indented by `indent` spaces per level when it is not negative. Doubles come back exactly when parsed;
// NaN and infinities are written as null; bytes that are not UTF-8 are replaced by U+FFFD.
std::string to_text(const Json& json, int indent = -1);

// {"code", "exit", "message", "where", "hint"}
Json to_json(const Error& error);

}  // namespace paw
