#include "ops/resize_common.h"

#include "ops/ops.h"

namespace paw::op {

namespace {

// Per element of dy, which is what the loop runs over.
Cost cost_resize_bilinear_grad(const OpCall& call, std::span<const TensorType>) {
  return {.ops = call.shape(0).elements() * 8};
}

}  // namespace

constinit const OpDef resize_bilinear_grad{
    .name = "resize_bilinear_grad",
    .summary = "gradient of resize_bilinear: dy is added to the pixels of [N,input_size,C] that it was read from",
    .inputs = {"dy"},
    .outputs = {"dx"},
    .default_attrs = attrs_of<ResizeGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_resize_grad,
    .reference = [](const EvalArgs& args) { eval_resize_grad(args, ResizeMethod::kBilinear); },
    .gradient = [](GradContext& g) { return resize_grad_gradient(g, resize_bilinear); },
    .cost = cost_resize_bilinear_grad,
    .cases = resize_grad_cases};

}  // namespace paw::op
