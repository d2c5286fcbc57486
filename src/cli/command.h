// A verb of the command line: its name, its flags, one pipeline call, and how its result is shown.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/flags.h"

namespace paw {

// Options every verb has.
struct CommonOptions {
  bool json = false;   // one JSON object on stdout, progress as JSON lines on stderr
  bool quiet = false;  // no progress, no remarks
};

// A verb's flags and those that every verb has.
std::vector<Flag> with_common(std::vector<Flag> flags, CommonOptions& common, bool& help);

class Command {
 public:
  virtual ~Command() = default;
  virtual std::vector<Flag> flags() = 0;
  // Prints its result on stdout, as text or as one JSON object.
  virtual Status run(const CommonOptions& common) = 0;
  // The exit code after run(): not 0 when the result that was printed says itself that a part of it is missing.
  virtual int exit_when_done() const { return 0; }
};

struct Verb {
  std::string_view name;     // one word, or a group and a word: "data draw"
  std::string_view summary;  // one line for `paw help`
  std::string_view details;  // what it does, for `paw help VERB`
  std::string_view example;  // a worked example with its output
  std::unique_ptr<Command> (*make)();
};

// In the order of the pipeline; listed in verbs.inc, one line per verb.
std::span<const Verb* const> all_verbs();

template <class C>
std::unique_ptr<Command> make_command() {
  return std::make_unique<C>();
}

}  // namespace paw
