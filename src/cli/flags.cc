#include "cli/flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest.h"
#include "host/text.h"

namespace paw {

namespace {

void declare(CLI::App& app, const Flag& flag) {
  CLI::Option* option = nullptr;
  if (auto* const* toggle = std::get_if<bool*>(&flag.target)) {
    option = app.add_flag(flag.name, **toggle, flag.help);
  } else {
    option = std::visit(
        [&](auto* target) -> CLI::Option* {
          if constexpr (std::is_same_v<decltype(target), bool*>) {
            return nullptr;
          } else {
            return app.add_option(flag.name, *target, flag.help);
          }
        },
        flag.target);
  }
  if (flag.required) option->required();
  if (!flag.choices.empty()) option->check(CLI::IsMember(flag.choices));
}

std::unexpected<Error> usage_error(std::string_view verb, std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUsage, fmt::format("paw {}", verb), message,
              hint.empty() ? fmt::format("see `paw help {}`", verb) : std::string(hint));
}

std::unexpected<Error> surplus(std::string_view verb, std::span<const Flag> flags, const std::string& argument) {
  const std::string shown = printable(argument);
  if (!argument.starts_with('-')) return usage_error(verb, fmt::format("unexpected argument '{}'", shown));
  std::vector<std::string_view> known;
  for (const Flag& flag : flags) {
    if (!flag.positional()) known.push_back(flag.name);
  }
  const std::string_view given = std::string_view(argument).substr(0, argument.find('='));
  return usage_error(verb, fmt::format("unknown flag '{}'", shown), did_you_mean(given, known));
}

}  // namespace

Status parse_flags(std::string_view verb, std::span<const Flag> flags, std::span<const std::string> args) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (const Flag& flag : flags) declare(app, flag);
  try {
    std::vector<std::string> reversed(args.rbegin(), args.rend());  // CLI11 takes them from the back
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    // An unknown flag explains a missing argument better than the other way round.
    for (const std::string& extra : app.remaining()) {
      if (extra.starts_with('-') && extra != "-") return surplus(verb, flags, extra);
    }
    return usage_error(verb, printable(error.what()));
  }
  const std::vector<std::string> extras = app.remaining();
  if (!extras.empty()) return surplus(verb, flags, extras.front());
  return {};
}

std::string usage_text(std::string_view verb, std::span<const Flag> flags) {
  std::string line = fmt::format("usage: paw {}", verb);
  std::string lines;
  for (const Flag& flag : flags) {
    std::string shown = flag.metavar.empty() ? flag.name : flag.name + " " + flag.metavar;
    const bool repeats = std::holds_alternative<std::vector<std::string>*>(flag.target);
    lines += fmt::format("  {:<24} {}{}\n", shown, flag.help,
                         flag.choices.empty() ? "" : fmt::format(" ({})", fmt::join(flag.choices, ", ")));
    if (repeats) shown += "...";
    line += flag.required ? " " + shown : " [" + shown + "]";
  }
  return line + "\n\n" + lines;
}

}  // namespace paw
