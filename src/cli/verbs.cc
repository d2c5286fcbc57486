#include "cli/command.h"

namespace paw {

extern const Verb kDemoVerb;
extern const Verb kInspectVerb;
extern const Verb kDumpVerb;

std::span<const Verb* const> all_verbs() {
  static constexpr const Verb* kVerbs[] = {&kDemoVerb, &kInspectVerb, &kDumpVerb};
  return kVerbs;
}

}  // namespace paw
