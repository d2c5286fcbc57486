// What main() of a measuring program does: flags in, the program's own exit code out.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "cli/flags.h"

namespace paw {

// run() once the flags have filled its settings; 2, after saying why, when they are wrong.
template <class Run>
int main_with_flags(std::string_view program, const std::vector<Flag>& flags, int argc, char** argv, const Run& run) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (const auto parsed = parse_flags(program, flags, args); !parsed) {
    fmt::print(stderr, "{}\n{}", parsed.error().text(), usage_text(program, flags));
    return 2;
  }
  return run();
}

}  // namespace paw
