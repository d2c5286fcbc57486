// Completion of verbs, flags and their values by the shell, out of the same tables as parsing and help.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace paw {

// A script to be sourced. kUsage: a shell that is none of completion_shells().
Result<std::string> completion_script(const std::string& shell);

// "bash", "zsh", "fish"
std::vector<std::string> completion_shells();

// What stands behind a flag, or for a positional argument.
enum class ValueKind { kNone, kText, kFile, kFolder };

// Words for values mean the same in all verbs: MODEL, IMAGE and FILE are files, PHOTOS, RUN and DIR are folders, and so
// is what names one of several: NAME|MODEL.
ValueKind value_kind(const Flag& flag);

// A verb's flags and those that every verb has. Their targets are gone: for reading only.
std::vector<Flag> flags_of(const Verb& verb);

// First words of the names of two words, with the second ones: "data" with "draw" and "check".
struct VerbGroup {
  std::string_view name;
  std::vector<const Verb*> members;
};
std::vector<VerbGroup> verb_groups();
// "draw, check"
std::string group_summary(const VerbGroup& group);

inline constexpr std::string_view kHelpSummary = "explain a verb";

std::string bash_completions();
std::string zsh_completions();
std::string fish_completions();

}  // namespace paw
