// reduce_sum, reduce_mean and reduce_max: one step per run of neighbouring reduced axes, the last run first.
#include "lower/ops/reduce.h"

#include <algorithm>

#include "ops/axes.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

ReduceOp code(const OpDef* op) {
  if (op == &op::reduce_mean) return ReduceOp::kMean;
  return op == &op::reduce_max ? ReduceOp::kMax : ReduceOp::kSum;
}

}  // namespace

std::vector<ReducedRun> reduced_runs(const Shape& shape, const ReduceAttrs& attrs) {
  AxisSet reduced = axis_set(attrs.axes, shape.rank());
  if (attrs.axes.empty()) reduced.fill(true);
  std::vector<ReducedRun> runs;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const bool gone = reduced[static_cast<std::size_t>(axis)];
    if (!runs.empty() && runs.back().reduced == gone) {
      runs.back().extent *= shape[axis];
    } else {
      runs.push_back({shape[axis], gone});
    }
  }
  return runs;
}

// A mean of means over equal counts is the mean over all.
Status lower_reduce(Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  std::vector<ReducedRun> runs = reduced_runs(x.shape, node.attrs.as<ReduceAttrs>());
  const auto left = std::ranges::count(runs, true, &ReducedRun::reduced);
  if (left == 0) {
    lowering.alias(node.outputs[0], node.inputs[0]);
    return {};
  }
  BufferId from = lowering.buffer(node.inputs[0]);
  std::int64_t inner = 1;
  for (std::int64_t steps = left; !runs.empty(); runs.pop_back()) {
    const ReducedRun run = runs.back();
    if (!run.reduced) {
      inner *= run.extent;
      continue;
    }
    ReduceF32 params{.reduce = run.extent, .inner = inner, .op = code(node.op)};
    for (std::size_t i = 0; i + 1 < runs.size(); ++i) params.outer *= runs[i].extent;
    const auto bytes = static_cast<std::uint64_t>(params.outer * inner) * sizeof(float);
    const BufferId to = --steps == 0 ? lowering.buffer(node.outputs[0]) : lowering.temporary(bytes);
    lowering.step(step::reduce_f32, params, {from}, {to}, node);
    from = to;
  }
  return {};
}

Status lower_reduce_max_grad(Lowering& lowering, const Node& node) {
  const TensorType& x = lowering.graph().type(node.inputs[1]);
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[1]));
  ReduceF32 params{.op = ReduceOp::kMax};
  bool behind = false;
  for (const ReducedRun& run : reduced_runs(x.shape, node.attrs.as<ReduceAttrs>())) {
    if (run.reduced && behind) return unsupported(node, "the engine reduces neighbouring axes only");
    behind |= run.reduced;
    (run.reduced ? params.reduce : behind ? params.inner : params.outer) = run.extent;
  }
  lowering.step(step::reduce_max_grad_f32, params,
                {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1]), lowering.buffer(node.inputs[2])},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace paw
