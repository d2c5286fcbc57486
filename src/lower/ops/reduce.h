// What the lowerings of reductions share.
#pragma once

#include <vector>

#include "lower/lowering.h"
#include "ops/reduce.h"

namespace paw {

// Neighbouring axes that are all reduced or all kept; axes of extent 1 belong to no run.
struct ReducedRun {
  std::int64_t extent;
  bool reduced;
};
std::vector<ReducedRun> reduced_runs(const Shape& shape, const ReduceAttrs& attrs);

}  // namespace paw
