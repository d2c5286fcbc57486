// Other programs: found on PATH, run without a shell, what they say kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace paw {

struct Tool {
  std::string_view command;  // "aapt2"
  std::string_view package;  // what Debian calls the package that has it
};

// kIo: not on PATH; the hint names the package.
Result<std::string> find_tool(const Tool& tool);

// Runs the program at `path` with `arguments` and no standard input, and waits for it. What it writes to stdout, which
// goes nowhere else. kIo: it cannot be started, or ends with another exit code than 0; the message has its last words.
Result<std::string> run_tool(const std::string& path, const std::vector<std::string>& arguments);

}  // namespace paw
