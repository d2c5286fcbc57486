// Graph to plan: passes, per-op lowering, grouping of elementwise follow-ups, memory planning, writing.
#pragma once

#include "base/bytes.h"
#include "base/cpu.h"
#include "ir/graph.h"

namespace paw {

struct LowerOptions {
  bool deploy_passes = true;  // false: the graph as it is (training steps, tests)
  bool group = true;          // false: one step at a time (tests compare)
};

// The bytes of a .plan file. Error kUnsupported: an op (named, with its source) that the engine does not run.
Result<Bytes> lower(const Graph& graph, const LowerOptions& options = {});

}  // namespace paw
