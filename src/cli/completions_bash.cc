// What bash completes: words alone, it has no place for their help.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completions.h"

namespace paw {

namespace {

// Patterns are matched against the words before the one that is completed. Names of verbs and flags and their values
// are ours: nothing in them needs quoting. Without an answer of ours bash completes file names.
constexpr std::string_view kBashScript = R"(# Completion of paw: source <(paw help --completions bash)
_paw() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=" ${{COMP_WORDS[*]:1:COMP_CWORD-1}} " words=
  case $before in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o bashdefault -o default -F _paw paw
)";

std::string bash_verb(const Verb& verb) {
  std::string cases;
  std::vector<std::string> names;
  for (const Flag& flag : flags_of(verb)) {
    if (flag.positional()) continue;
    names.push_back(flag.name);
    const std::vector<std::string>& values = flag.choices.empty() ? flag.suggestions : flag.choices;
    if (values.empty()) continue;
    cases += fmt::format("    \" {}\"*\" {} \") words='{}' ;;\n", verb.name, flag.name, fmt::join(values, " "));
  }
  return cases + fmt::format("    \" {} \"*) [[ $word != -* ]] || words='{}' ;;\n", verb.name, fmt::join(names, " "));
}

std::string_view second_word(const Verb& verb) { return verb.name.substr(verb.name.find(' ') + 1); }

}  // namespace

std::string bash_completions() {
  std::vector<std::string_view> first;
  std::string cases;
  for (const VerbGroup& group : verb_groups()) {
    first.push_back(group.name);
    std::vector<std::string_view> members;
    for (const Verb* verb : group.members) members.push_back(second_word(*verb));
    cases += fmt::format("    \" {0} \" | \" help {0} \") words='{1}' ;;\n", group.name, fmt::join(members, " "));
  }
  for (const Verb* verb : all_verbs()) {
    if (verb->name.find(' ') == std::string_view::npos) first.push_back(verb->name);
    cases += bash_verb(*verb);
  }
  cases += fmt::format("    \"  \") words='{} help --version' ;;\n", fmt::join(first, " "));
  cases += fmt::format("    \" help \") words='{} --completions --man' ;;\n", fmt::join(first, " "));
  cases += fmt::format("    \" help --completions \") words='{}' ;;\n", fmt::join(completion_shells(), " "));
  return fmt::format(kBashScript, cases);
}

}  // namespace paw
