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

Result<std::vector<std::int32_t>> write_reduction(OpWriter& w) {
  const int rank = w.type(0).shape.rank();
  if (rank == 0) return w.refuse("reduces along no axis");
  std::vector<std::int64_t> axes = w.attrs<ReduceAttrs>().axes;
  for (int axis = 0; axes.size() < static_cast<std::size_t>(rank) && w.attrs<ReduceAttrs>().axes.empty(); ++axis) {
    axes.push_back(axis);
  }
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  return std::vector<std::int32_t>{x, w.integers(axes, "axes")};
}

}  // namespace paw::tflite::ops
