// max_pool and avg_pool.
#include "lower/ops/pool.h"

#include "ops/ops.h"
#include "ops/pool_common.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// What the step accepts; nets come nowhere near.
constexpr std::int64_t kMaxWindow = 1 << 20;

}  // namespace

Result<PoolF32> pool_window(const Node& node, const PoolAttrs& attrs, const Shape& x) {
  for (const auto& sizes : {attrs.kernel, attrs.stride}) {
    if (sizes[0] > kMaxWindow || sizes[1] > kMaxWindow) return unsupported(node, "the window is too large");
  }
  PAW_ASSIGN_OR_RETURN(const Window w, resolve_pool({*node.op, node.attrs, {}, node.source}, x, attrs));
  return PoolF32{.batch = narrow(x[0]),
                 .in_h = narrow(x[1]),
                 .in_w = narrow(x[2]),
                 .channels = narrow(x[3]),
                 .out_h = narrow(w.out[0]),
                 .out_w = narrow(w.out[1]),
                 .kernel_h = narrow(w.kernel[0]),
                 .kernel_w = narrow(w.kernel[1]),
                 .stride_h = narrow(w.stride[0]),
                 .stride_w = narrow(w.stride[1]),
                 .pad_top = narrow(w.pad_before[0]),
                 .pad_left = narrow(w.pad_before[1]),
                 .count_padding = attrs.count_padding ? 1 : 0};
}

namespace {

Status lower_pool(Lowering& lowering, const Node& node, const StepDef& def) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Shape& x = lowering.graph().type(node.inputs[0]).shape;
  PAW_ASSIGN_OR_RETURN(const PoolF32 params, pool_window(node, node.attrs.as<PoolAttrs>(), x));
  lowering.step(def, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace

Status lower_max_pool(Lowering& lowering, const Node& node) { return lower_pool(lowering, node, step::max_pool_f32); }

Status lower_avg_pool(Lowering& lowering, const Node& node) { return lower_pool(lowering, node, step::avg_pool_f32); }

Status lower_max_pool_grad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Shape& x = lowering.graph().type(node.inputs[1]).shape;
  PAW_ASSIGN_OR_RETURN(const PoolF32 params, pool_window(node, node.attrs.as<PoolAttrs>(), x));
  lowering.step(step::max_pool_grad_f32, params, {lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1])},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_avg_pool_grad(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Shape& x = lowering.graph().type(node.outputs[0]).shape;
  PAW_ASSIGN_OR_RETURN(const PoolF32 params, pool_window(node, node.attrs.as<PoolGradAttrs>().pool, x));
  lowering.step(step::avg_pool_grad_f32, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])},
                node);
  return {};
}

}  // namespace paw
