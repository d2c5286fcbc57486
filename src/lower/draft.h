// A plan under construction: steps over unplaced buffers, before grouping, placement and writing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "ir/graph.h"
#include "lower/lowering.h"

namespace paw {

struct DraftBuffer {
  std::uint64_t bytes = 0;
  std::optional<Bytes> constant;
};

struct DraftPort {
  std::string name;
  TensorType type;
  BufferId buffer;
};

struct Draft {
  std::vector<DraftBuffer> buffers;
  std::vector<DraftStep> steps;
  std::vector<DraftPort> inputs, outputs;
  std::vector<std::uint32_t> groups;  // per step: consecutive steps with the same number run block by block
};

// Joins steps into groups: a step follows the group before it when it can read the group's results unit by unit, in
// step with them (StepDef::set_unit), so that they are still in cache. Steps between that have nothing to do with it
// wait. Sets Draft::groups, the units of the joined steps, and the order of all.
void group_steps(Draft& draft);
// One group per step.
void no_groups(Draft& draft);

// Places every buffer (results take over the memory of an input in place where the step allows) and writes the file.
Bytes write_plan(const Draft& draft);

}  // namespace paw
