#include "cli/completions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "cli/command.h"
#include "host/text.h"

namespace paw {

namespace {

// Patterns are matched against the words before the one that is completed. Names of verbs and flags and their choices
// are ours: nothing in them needs quoting. Without an answer of ours bash completes file names.
constexpr std::string_view kScript = R"(# Completion of paw: source <(paw help --completions bash)
_paw() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=" ${{COMP_WORDS[*]:1:COMP_CWORD-1}} " words=
  case $before in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o bashdefault -o default -F _paw paw
)";

std::string verb_cases(const Verb& verb) {
  CommonOptions common;
  bool help = false;
  const std::unique_ptr<Command> command = verb.make();
  std::string cases;
  std::vector<std::string> names;
  for (const Flag& flag : with_common(command->flags(), common, help)) {
    if (flag.positional()) continue;
    names.push_back(flag.name);
    if (flag.choices.empty()) continue;
    cases += fmt::format("    \" {}\"*\" {} \") words='{}' ;;\n", verb.name, flag.name, fmt::join(flag.choices, " "));
  }
  return cases + fmt::format("    \" {} \"*) [[ $word != -* ]] || words='{}' ;;\n", verb.name, fmt::join(names, " "));
}

}  // namespace

Result<std::string> completion_script(const std::string& shell) {
  if (shell != "bash") {
    return fail(ErrorCode::kUsage, "paw help", fmt::format("there are no completions for '{}'", printable(shell)),
                "write --completions bash");
  }
  std::set<std::string_view> first = {"help"};
  std::map<std::string_view, std::vector<std::string_view>> groups;  // "data": "draw", ...
  std::string cases;
  for (const Verb* verb : all_verbs()) {
    const std::size_t space = verb->name.find(' ');
    first.insert(verb->name.substr(0, space));
    if (space != std::string_view::npos) groups[verb->name.substr(0, space)].push_back(verb->name.substr(space + 1));
    cases += verb_cases(*verb);
  }
  std::string words = fmt::format("    \"  \" | \" help \") words='{}' ;;\n", fmt::join(first, " "));
  for (const auto& [group, members] : groups) {
    words += fmt::format("    \" {0} \" | \" help {0} \") words='{1}' ;;\n", group, fmt::join(members, " "));
  }
  return fmt::format(kScript, words + cases);
}

}  // namespace paw
