// Graph to plan: passes, per-op lowering, grouping of elementwise follow-ups, memory planning, writing.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/cpu.h"
#include "ir/graph.h"

namespace paw {

// Whose results quantised graphs reproduce, bit for bit where docs/numerics.md says so.
enum class Rounding : std::uint8_t {
  kFloat,       // XNNPACK, what TensorFlow Lite runs by default
  kFixedPoint,  // TensorFlow Lite's reference kernels
};

struct LowerOptions {
  bool deploy_passes = true;  // false: the graph as it is (training steps, tests)
  bool group = true;          // false: one step at a time (tests compare)
  Rounding rounding = Rounding::kFloat;
};

// The bytes of a .plan file. Error kUnsupported: an op (named, with its source) that the engine does not run.
Result<Bytes> lower(const Graph& graph, const LowerOptions& options = {});

}  // namespace paw
