// Writing results to stdout, errors to stderr.
#pragma once

#include <string_view>

#include "base/error.h"
#include "host/json.h"

namespace paw {

// kIo when stdout cannot take it (closed pipe, full disk).
Status print(std::string_view text);
Status print_json(const Json& json);   // indented, with a newline
void print_error(const Error& error);  // "paw: [where] message; hint"

}  // namespace paw
