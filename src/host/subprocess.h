// Another program as a helper: its arguments, what it printed, an end to its time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace paw {

// The file that `name` means on PATH; empty: there is none.
std::filesystem::path find_program(std::string_view name);

struct Tool {
  std::string_view command;  // "aapt2"
  std::string_view package;  // what Debian calls the package that has it
};

// kIo: not on PATH; the hint names the package.
Result<std::filesystem::path> find_tool(const Tool& tool);

// What `program` printed on stdout. It gets no input, and is ended after `seconds`. kIo: it cannot be started, took
// too long, printed more than 64 MB, or ended with another code than 0: the message is the last line that it printed on
// stderr.
Result<std::string> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                double seconds);

}  // namespace paw
