#include "cli/completions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "host/text.h"

namespace paw {

namespace {

struct CompletionShell {
  std::string_view name;
  std::string (*script)();
};

constexpr std::array kCompletionShells = {
    CompletionShell{"bash", bash_completions},
    CompletionShell{"zsh", zsh_completions},
    CompletionShell{"fish", fish_completions},
};

constexpr std::array<std::string_view, 3> kFileWords = {"FILE", "IMAGE", "MODEL"};
constexpr std::array<std::string_view, 3> kFolderWords = {"DIR", "PHOTOS", "RUN"};
// Of `paw diff`; as a flag's value A is a number.
constexpr std::array<std::string_view, 2> kFileArguments = {"A", "B"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::vector<std::string> completion_shells() {
  std::vector<std::string> names;
  for (const CompletionShell& shell : kCompletionShells) names.emplace_back(shell.name);
  return names;
}

Result<std::string> completion_script(const std::string& shell) {
  for (const CompletionShell& known : kCompletionShells) {
    if (known.name == shell) return known.script();
  }
  return fail(ErrorCode::kUsage, "paw help", fmt::format("there are no completions for '{}'", printable(shell)),
              fmt::format("write --completions {}", fmt::join(completion_shells(), " or ")));
}

ValueKind value_kind(const Flag& flag) {
  if (std::holds_alternative<bool*>(flag.target)) return ValueKind::kNone;
  if (flag.positional() && is_one_of(kFileArguments, flag.name)) return ValueKind::kFile;
  std::string_view rest = flag.positional() ? flag.name : flag.metavar;
  ValueKind kind = ValueKind::kText;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (is_one_of(kFileWords, word)) return ValueKind::kFile;
    if (is_one_of(kFolderWords, word)) kind = ValueKind::kFolder;
  }
  return kind;
}

std::vector<Flag> flags_of(const Verb& verb) {
  CommonOptions common;
  bool help = false;
  return with_common(verb.make()->flags(), common, help);
}

std::vector<VerbGroup> verb_groups() {
  std::vector<VerbGroup> groups;
  for (const Verb* verb : all_verbs()) {
    const std::size_t space = verb->name.find(' ');
    if (space == std::string_view::npos) continue;
    const std::string_view first = verb->name.substr(0, space);
    auto group = std::ranges::find(groups, first, &VerbGroup::name);
    if (group == groups.end()) group = groups.insert(groups.end(), {first, {}});
    group->members.push_back(verb);
  }
  return groups;
}

std::string group_summary(const VerbGroup& group) {
  std::vector<std::string_view> words;
  for (const Verb* verb : group.members) words.push_back(verb->name.substr(group.name.size() + 1));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace paw
