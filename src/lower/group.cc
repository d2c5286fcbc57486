#include "lower/draft.h"

namespace paw {

namespace {

// Inputs of `step` that read buffer `result`, one bit each.
std::uint32_t reads(const DraftStep& step, BufferId result) {
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < step.in.size(); ++i) {
    if (step.in[i] == result) mask |= 1u << i;
  }
  return mask;
}

}  // namespace

void no_groups(Draft& draft) {
  draft.groups.resize(draft.steps.size());
  for (std::size_t i = 0; i < draft.groups.size(); ++i) draft.groups[i] = static_cast<std::uint32_t>(i);
}

void group_steps(Draft& draft) {
  no_groups(draft);
  for (std::size_t first = 0; first < draft.steps.size();) {
    const DraftStep& head = draft.steps[first];
    std::size_t end = first + 1;
    if (head.def->unit_elements != nullptr) {
      const std::int64_t unit = head.def->unit_elements(head.params.data());
      const std::int64_t units = head.def->units(head.params.data());
      while (end < draft.steps.size()) {
        DraftStep& next = draft.steps[end];
        // Every result of the group that the step reads must be read in step.
        std::uint32_t in_step = 0;
        for (std::size_t i = first; i < end; ++i) in_step |= reads(next, draft.steps[i].out[0]);
        if (in_step == 0 || next.def->set_unit == nullptr) break;
        const std::vector<std::byte> before = next.params;
        if (!next.def->set_unit(next.params.data(), unit, in_step)) break;
        if (next.def->units(next.params.data()) != units) {
          next.params = before;
          break;
        }
        draft.groups[end] = draft.groups[first];
        ++end;
      }
    }
    first = end;
  }
}

}  // namespace paw
