#include "cli/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cli/command.h"
#include "cli/completions.h"
#include "cli/man_page.h"
#include "cli/output.h"
#include "host/text.h"

#ifndef PAW_VERSION
#error "PAW_VERSION comes from the build"
#endif

namespace paw {

std::vector<Flag> with_common(std::vector<Flag> flags, CommonOptions& common, bool& help) {
  flags.push_back({.name = "--json", .help = "one JSON object on stdout", .target = &common.json});
  flags.push_back({.name = "--quiet", .help = "no progress and no remarks", .target = &common.quiet});
  flags.push_back({.name = "--help", .help = "this text", .target = &help});
  return flags;
}

namespace {

std::string overview() {
  std::string text = "paw: from photos to a small, verified classifier in a phone app\n\nusage: paw VERB [...]\n\n";
  for (const Verb* verb : all_verbs()) text += fmt::format("  {:<10} {}\n", verb->name, verb->summary);
  text += fmt::format("  {:<10} {}\n", "help", "this text, or `paw help VERB` for one verb");
  return text +
         "\n`paw --version` prints the version. Every verb takes --json, --quiet and --help.\n"
         "`source <(paw help --completions bash)` makes bash complete verbs, flags and their values; zsh likewise, "
         "and\n`paw help --completions fish | source` fish.\n"
         "`paw help --man` prints all of it as a manual page: paw help --man | man -l -\n"
         "PAW_ISA=portable, avx2 or avx512 in the environment makes the engine use those instructions (default: the "
         "best here).\n";
}

std::string help_text(const Verb& verb) {
  CommonOptions common;
  bool help = false;
  const std::unique_ptr<Command> command = verb.make();
  return fmt::format("{}\n\n{}\n{}\nexample:\n{}\n", verb.details,
                     usage_text(verb.name, with_common(command->flags(), common, help)),
                     "exit codes: 0 ok, 2 usage, 3 bad data, 4 unsupported or broken model, 5 gate failed, 6 I/O, 7 "
                     "training diverged,\n"
                     "8 resume refused, 130 or 143 interrupted (docs/troubleshooting.md)\n",
                     verb.example);
}

// A verb, and how many of the arguments its name takes.
struct Found {
  const Verb* verb = nullptr;
  std::size_t words = 1;
};

std::unexpected<Error> unknown_verb(const std::string& given, std::string_view shown,
                                    std::span<const std::string_view> known) {
  const std::string hint = did_you_mean(given, known);
  return fail(ErrorCode::kUsage, "paw", fmt::format("unknown verb '{}'", printable(shown)),
              hint.empty() ? "see `paw help`" : hint);
}

// Names of two words are found by their first, so that what follows it can be judged. Requires an argument.
Result<Found> find_verb(std::span<const std::string> args) {
  std::vector<std::string_view> known = {"help"}, members;
  for (const Verb* verb : all_verbs()) {
    const std::size_t space = verb->name.find(' ');
    const std::string_view first = verb->name.substr(0, space);
    known.push_back(first);
    if (first != args[0]) continue;
    if (space == std::string_view::npos) return Found{verb, 1};
    members.push_back(verb->name.substr(space + 1));
    if (args.size() > 1 && args[1] == members.back()) return Found{verb, 2};
  }
  if (members.empty()) return unknown_verb(args[0], args[0], known);
  if (args.size() > 1 && !args[1].starts_with('-')) return unknown_verb(args[1], args[0] + ' ' + args[1], members);
  return fail(ErrorCode::kUsage, "paw", fmt::format("'{}' needs one more word: {}", args[0], fmt::join(members, ", ")),
              fmt::format("see `paw help {} {}`", args[0], members[0]));
}

Status help(const std::vector<std::string>& args) {
  if (args.empty()) return print(overview());
  if (args[0] == "--completions") {
    PAW_ASSIGN_OR_RETURN(const std::string script, completion_script(args.size() == 2 ? args[1] : ""));
    return print(script);
  }
  if (args[0] == "--man") return print(man_page());
  PAW_ASSIGN_OR_RETURN(const Found found, find_verb(args));
  return print(help_text(*found.verb));
}

Result<int> done(const Status& status) {
  PAW_RETURN_IF_ERROR(status);
  return 0;
}

Result<int> run_verb(const std::vector<std::string>& args, CommonOptions& common) {
  // An error of verb or flags is shown as JSON too when --json is anywhere among them.
  common.json = std::ranges::find(args, "--json") != args.end();
  PAW_ASSIGN_OR_RETURN(const Found found, find_verb(args));
  const std::unique_ptr<Command> command = found.verb->make();
  bool wants_help = false;
  const std::vector<Flag> flags = with_common(command->flags(), common, wants_help);
  // --help must work beside arguments that would be errors.
  if (std::ranges::find(args, "--help") != args.end()) return done(print(help_text(*found.verb)));
  PAW_RETURN_IF_ERROR(parse_flags(found.verb->name, flags, std::span(args).subspan(found.words)));
  PAW_RETURN_IF_ERROR(command->run(common));
  return command->exit_when_done();
}

Result<int> dispatch(const std::vector<std::string>& args, CommonOptions& common) {
  if (args.empty()) return fail(ErrorCode::kUsage, "paw", "no verb given", "see `paw help`");
  if (args[0] == "--version") return done(print("paw " PAW_VERSION "\n"));
  if (args[0] == "help" || args[0] == "--help" || args[0] == "-h") return done(help({args.begin() + 1, args.end()}));
  return run_verb(args, common);
}

void report(const Error& error, bool json) {
  if (json) {
    const Status shown = print_json(Json{{"error", to_json(error)}});
    if (!shown) return;  // where stdout takes nothing, the exit code remains
  } else {
    print_error(error);
  }
}

}  // namespace

int run_cli(int argc, const char* const* argv) {
  CommonOptions common;
  Result<int> ended = 0;
  try {
    ended = dispatch({argv + 1, argv + std::max(argc, 1)}, common);
  } catch (const std::exception& e) {  // out of memory and the like; libraries are wrapped where they are used
    ended = fail(ErrorCode::kInternal, "paw", e.what(), "this is a bug of paw: please report the command");
  }
  if (ended && std::fflush(stdout) != 0) {
    ended = fail(ErrorCode::kIo, "stdout", fmt::format("cannot write: {}", std::strerror(errno)));
  }
  if (ended) return *ended;
  report(ended.error(), common.json);
  return exit_code(ended.error().code);
}

}  // namespace paw
