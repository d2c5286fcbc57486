// What fish completes, one `complete` for each word.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completions.h"

namespace paw {

namespace {

constexpr std::string_view kFishHead =
    R"(# Completion of paw: paw help --completions fish | source
# or keep this as the file paw.fish in ~/.config/fish/completions.
function __paw_is # WORD...: are these the words between paw and the one that is completed?
    set -l words (commandline -opc)[2..-1]
    test "$words" = "$argv"
end
function __paw_in # WORD...: do they begin with these?
    set -l words (commandline -opc)[2..-1]
    string match -q -- "$argv *" "$words "
end
complete -c paw -f
)";

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// A word where `when` holds.
std::string fish_word(std::string_view when, std::string_view word, std::string_view help) {
  return fmt::format("complete -c paw -n '{}' -a {} -d {}\n", when, word, fish_quoted(help));
}

std::string fish_values(const Flag& flag, ValueKind kind) {
  std::vector<std::string> values = flag.choices.empty() ? flag.suggestions : flag.choices;
  if (kind == ValueKind::kFolder) values.emplace_back("(__fish_complete_directories)");
  const std::string words = values.empty() ? "" : fmt::format(" -a '{}'", fmt::join(values, " "));
  return (kind == ValueKind::kFile ? " -r -F" : " -x") + words;
}

std::string fish_flag(const Verb& verb, const Flag& flag) {
  const bool is_long = flag.name.starts_with("--");
  const ValueKind kind = value_kind(flag);
  return fmt::format("complete -c paw -n '__paw_in {}' {} {}{} -d {}\n", verb.name, is_long ? "-l" : "-s",
                     flag.name.substr(is_long ? 2 : 1), kind == ValueKind::kNone ? "" : fish_values(flag, kind),
                     fish_quoted(flag.help));
}

// fish does not count arguments: files for all of them when one is a file.
std::string fish_arguments(const Verb& verb, std::span<const Flag> flags) {
  bool files = false, folders = false;
  for (const Flag& flag : flags) {
    if (!flag.positional()) continue;
    files = files || value_kind(flag) == ValueKind::kFile;
    folders = folders || value_kind(flag) == ValueKind::kFolder;
  }
  if (!files && !folders) return "";
  return fmt::format("complete -c paw -n '__paw_in {}' {}\n", verb.name,
                     files ? "-F" : "-a '(__fish_complete_directories)'");
}

std::string fish_verb(const Verb& verb) {
  const std::vector<Flag> flags = flags_of(verb);
  std::string lines = fish_arguments(verb, flags);
  for (const Flag& flag : flags) {
    if (!flag.positional()) lines += fish_flag(verb, flag);
  }
  return lines;
}

}  // namespace

std::string fish_completions() {
  constexpr std::string_view kFirst = "__paw_is; or __paw_is help";
  std::string lines;
  for (const VerbGroup& group : verb_groups()) {
    lines += fish_word(kFirst, group.name, group_summary(group));
    const std::string second = fmt::format("__paw_is {0}; or __paw_is help {0}", group.name);
    for (const Verb* verb : group.members) {
      lines += fish_word(second, verb->name.substr(group.name.size() + 1), verb->summary);
    }
  }
  for (const Verb* verb : all_verbs()) {
    if (verb->name.find(' ') == std::string_view::npos) lines += fish_word(kFirst, verb->name, verb->summary);
    lines += fish_verb(*verb);
  }
  lines += fish_word("__paw_is", "help", kHelpSummary);
  lines += "complete -c paw -n __paw_is -l version -d 'print the version'\n";
  lines += "complete -c paw -n '__paw_is help' -l man -d 'all of it as a manual page'\n";
  return fmt::format("{}{}complete -c paw -n '__paw_in help' -l completions -x -a '{}' -d 'a script for a shell'\n",
                     kFishHead, lines, fmt::join(completion_shells(), " "));
}

}  // namespace paw
