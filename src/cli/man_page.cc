#include "cli/man_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command.h"

namespace paw {

namespace {

constexpr std::string_view kHead = R"(.\" Made by `paw help --man`: change the flags in src/cli, not this file.
.TH PAW 1 "" "paw {}" "User Commands"
.SH NAME
paw \- from photos to a small, verified classifier in a phone app
.SH SYNOPSIS
.B paw
.I VERB
[...]
.SH DESCRIPTION
Turns a folder of labelled photos, or a model trained elsewhere, into a small, fast, checked image classifier for a phone
app. Every verb takes \fB\-\-json\fR (one JSON object on stdout, progress as JSON lines on stderr), \fB\-\-quiet\fR and
\fB\-\-help\fR.
.SH VERBS
)";

constexpr std::string_view kTail = R"(.SH ENVIRONMENT
.TP
.B PAW_ISA
portable, avx2 or avx512: the engine uses those instructions (default: the best here).
.TP
.B PAW_PYTHON
the Python whose LiteRT a run compares .tflite files in (default: python3).
.TP
.B XDG_CACHE_HOME
where decoded photos and features are kept between runs (default: ~/.cache).
.SH EXIT STATUS
0 done; 2 wrong flags; 3 photos that cannot be used; 4 a model that is broken or not supported; 5 accuracy or agreement below
what was asked; 6 input or output; 7 training diverged; 8 a run that cannot go on; 130, 143 interrupted.
)";

// A backslash, a hyphen, and a dot or quote at the beginning of a line mean something to roff.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string flag_entry(const Flag& flag) {
  const std::string choices = flag.choices.empty() ? "" : fmt::format(" ({})", fmt::join(flag.choices, ", "));
  const std::string metavar = flag.metavar.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(flag.metavar));
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(flag.name), metavar, roff(flag.help + choices));
}

std::string verb_section(const Verb& verb) {
  const std::unique_ptr<Command> command = verb.make();
  std::string text = fmt::format(".SS paw {}\n{}\n", roff(verb.name), roff(verb.details));
  for (const Flag& flag : command->flags()) text += flag_entry(flag);
  return text + fmt::format(".PP\nExample:\n.PP\n.nf\n{}\n.fi\n", roff(verb.example));
}

}  // namespace

std::string man_page() {
  std::string text = fmt::format(kHead, PAW_VERSION);
  for (const Verb* verb : all_verbs()) text += verb_section(*verb);
  return text + std::string(kTail);
}

}  // namespace paw
