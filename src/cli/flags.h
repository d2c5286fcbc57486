// Flags of a verb, declared once: parsing, --help, shell completion and the man page all read these records.
// The flag library (CLI11) is known to flags.cc alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace paw {

struct Flag {
  using Target = std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::string>*>;
  std::string name;     // "--after", or "MODEL" for a positional argument
  std::string metavar;  // "PASS"; empty for switches and positional arguments
  std::string help;     // one line
  Target target;
  bool required = false;
  std::vector<std::string> choices = {};      // when not empty: the only values allowed
  std::vector<std::string> suggestions = {};  // values that completion offers; there are others
  bool positional() const { return !name.starts_with('-'); }
};

// Fills the targets from `args` (without program and verb). A target keeps its value when its flag is not given.
// Error kUsage: unknown flag (the nearest known one is named), missing or surplus argument, bad number or choice.
Status parse_flags(std::string_view verb, std::span<const Flag> flags, std::span<const std::string> args);

// "usage: paw dump [MODEL] [--after PASS] ..." and one line per flag.
std::string usage_text(std::string_view verb, std::span<const Flag> flags);

}  // namespace paw
