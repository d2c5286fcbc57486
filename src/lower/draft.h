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

// Joins elementwise steps to the step right before them whose result they read in step, so that they run while it is in
// cache. Sets Draft::groups and the units of the joined steps.
void group_steps(Draft& draft);
// One group per step.
void no_groups(Draft& draft);

// Places every buffer (results take over the memory of an input in place where the step allows) and writes the file.
Bytes write_plan(const Draft& draft);

}  // namespace paw
