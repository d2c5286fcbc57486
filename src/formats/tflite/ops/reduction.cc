#include "formats/tflite/ops/reduction.h"

#include <algorithm>

#include "ops/reduce.h"

namespace paw::tflite::ops {

// Axes may be named twice in a file, and not in the graph.
Status read_reduction(OpReader& r, const OpDef& op, bool keep_dims) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> stated, r.integers(1, "axes"));
  if (stated.empty()) return r.error("reduces along no axis");
  const int rank = r.type(x).shape.rank();
  ReduceAttrs attrs{.axes = {}, .keep_dims = keep_dims};
  for (const std::int64_t axis : stated) {
    const std::int64_t positive = axis < 0 ? axis + rank : axis;
    if (std::ranges::find(attrs.axes, positive) == attrs.axes.end()) attrs.axes.push_back(positive);
  }
  return r.result(op, {x}, std::move(attrs));
}

}  // namespace paw::tflite::ops
