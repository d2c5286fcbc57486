// What zsh completes, in the words of its _arguments and _describe.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completions.h"

namespace paw {

namespace {

// Sourced, the script says that _paw is for paw; as the file _paw of $fpath it is the body of that function, and its
// first call completes.
constexpr std::string_view kZshScript = R"zsh(#compdef paw
# Completion of paw: source <(paw help --completions zsh), after compinit
# or keep this as the file _paw in a folder of $fpath.
_paw_verbs() {{
  local -a verbs=(
{verbs}  )
  _describe -t verbs verb verbs
}}
_paw_values() {{
  _alternative "values:value:(${{(j: :)@[2,-1]}})" "paths:path:$1"
}}
_paw() {{
  local curcontext=$curcontext context state state_descr line
  local -a verbs
  local -A opt_args
  case "${{(j: :)words[2,CURRENT-1]}} " in
    ' ') _arguments '--version[print the version]' '1:verb:_paw_verbs' ;;
{cases}    'help '*)
      shift words; (( CURRENT -= 1 ))
      _arguments '--completions[a script for a shell]:shell:({shells})' '--man[all of it as a manual page]' \
        '1:verb:_paw_verbs' ;;
  esac
}}
if [[ $funcstack[1] = _paw ]]; then _paw "$@"; else compdef _paw paw; fi
)zsh";

std::string zsh_escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// "word:help", an entry of _describe
std::string zsh_entry(std::string_view word, std::string_view help) {
  return fmt::format("    '{}:{}'\n", word, zsh_escaped(help, "\\"));
}

// What completes a value; a space before a function's name makes _arguments call it as it is written.
std::string zsh_action(const Flag& flag) {
  if (!flag.choices.empty()) return fmt::format("({})", fmt::join(flag.choices, " "));
  const ValueKind kind = value_kind(flag);
  const std::string_view path = kind == ValueKind::kFolder ? "_files -/" : kind == ValueKind::kFile ? "_files" : "";
  if (flag.suggestions.empty()) return std::string(path.empty() ? " " : path);
  if (path.empty()) return fmt::format("({})", fmt::join(flag.suggestions, " "));
  return fmt::format(" _paw_values \"{}\" {}", path, fmt::join(flag.suggestions, " "));
}

std::string zsh_argument(const Flag& flag) {
  const std::string_view many = std::holds_alternative<std::vector<std::string>*>(flag.target) ? "*" : "";
  if (flag.positional()) return fmt::format("'{}:{}:{}'", many, zsh_escaped(flag.help, "\\:"), zsh_action(flag));
  std::string spec = fmt::format("'{}{}[{}]", many, flag.name, zsh_escaped(flag.help, "\\:[]"));
  if (value_kind(flag) != ValueKind::kNone) spec += fmt::format(":{}:{}", flag.metavar, zsh_action(flag));
  return spec + "'";
}

std::string zsh_verb(const Verb& verb) {
  std::vector<std::string> arguments;
  for (const Flag& flag : flags_of(verb)) arguments.push_back(zsh_argument(flag));
  const int words = verb.name.find(' ') == std::string_view::npos ? 1 : 2;
  return fmt::format("    '{} '*)\n      shift {} words; (( CURRENT -= {} ))\n      _arguments {} ;;\n", verb.name,
                     words, words, fmt::join(arguments, " \\\n        "));
}

std::string zsh_group(const VerbGroup& group) {
  std::string entries;
  for (const Verb* verb : group.members) {
    entries += zsh_entry(verb->name.substr(group.name.size() + 1), verb->summary);
  }
  return fmt::format("    '{0} ' | 'help {0} ')\n      verbs=(\n{1}      )\n      _describe -t verbs verb verbs ;;\n",
                     group.name, entries);
}

}  // namespace

std::string zsh_completions() {
  std::string verbs, cases;
  for (const VerbGroup& group : verb_groups()) {
    verbs += zsh_entry(group.name, group_summary(group));
    cases += zsh_group(group);
  }
  for (const Verb* verb : all_verbs()) {
    if (verb->name.find(' ') == std::string_view::npos) verbs += zsh_entry(verb->name, verb->summary);
    cases += zsh_verb(*verb);
  }
  verbs += zsh_entry("help", kHelpSummary);
  return fmt::format(kZshScript, fmt::arg("verbs", verbs), fmt::arg("cases", cases),
                     fmt::arg("shells", fmt::join(completion_shells(), " ")));
}

}  // namespace paw
