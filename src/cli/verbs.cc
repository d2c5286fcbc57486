#include "cli/command.h"

namespace paw {

extern const Verb kDemoVerb;
extern const Verb kDataDrawVerb;
extern const Verb kInspectVerb;
extern const Verb kDumpVerb;
extern const Verb kBenchVerb;

std::span<const Verb* const> all_verbs() {
  static constexpr const Verb* kVerbs[] = {&kDemoVerb, &kDataDrawVerb, &kInspectVerb, &kDumpVerb, &kBenchVerb};
  return kVerbs;
}

}  // namespace paw
