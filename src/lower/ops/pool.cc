// max_pool and avg_pool.
#include "lower/lowering.h"
#include "ops/ops.h"
#include "ops/pool_common.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// What the step accepts; nets come nowhere near.
constexpr std::int64_t kMaxWindow = 1 << 20;

std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

Status lower_pool(Lowering& lowering, const Node& node, const StepDef& def) {
  const Graph& graph = lowering.graph();
  const TensorType& x = graph.type(node.inputs[0]);
  if (x.dtype != DType::kF32) return unsupported(node, "the engine runs float32 only, got " + x.text());
  const auto& attrs = node.attrs.as<PoolAttrs>();
  for (const auto& sizes : {attrs.kernel, attrs.stride}) {
    if (sizes[0] > kMaxWindow || sizes[1] > kMaxWindow) return unsupported(node, "the window is too large");
  }
  PAW_ASSIGN_OR_RETURN(const Window w, resolve_pool({*node.op, node.attrs, {}, node.source}, x.shape, attrs));
  const PoolF32 params{.batch = narrow(x.shape[0]),
                       .in_h = narrow(x.shape[1]),
                       .in_w = narrow(x.shape[2]),
                       .channels = narrow(x.shape[3]),
                       .out_h = narrow(w.out[0]),
                       .out_w = narrow(w.out[1]),
                       .kernel_h = narrow(w.kernel[0]),
                       .kernel_w = narrow(w.kernel[1]),
                       .stride_h = narrow(w.stride[0]),
                       .stride_w = narrow(w.stride[1]),
                       .pad_top = narrow(w.pad_before[0]),
                       .pad_left = narrow(w.pad_before[1]),
                       .count_padding = attrs.count_padding ? 1 : 0};
  lowering.step(def, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace

Status lower_max_pool(Lowering& lowering, const Node& node) { return lower_pool(lowering, node, step::max_pool_f32); }

Status lower_avg_pool(Lowering& lowering, const Node& node) { return lower_pool(lowering, node, step::avg_pool_f32); }

}  // namespace paw
