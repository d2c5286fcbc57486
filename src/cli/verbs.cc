#include "cli/command.h"

namespace paw {

#define PAW_VERB(verb) extern const Verb verb;
#include "cli/verbs.inc"
#undef PAW_VERB

std::span<const Verb* const> all_verbs() {
  static constexpr const Verb* kVerbs[] = {
#define PAW_VERB(verb) &(verb),
#include "cli/verbs.inc"
#undef PAW_VERB
  };
  return kVerbs;
}

}  // namespace paw
