#include "ops/elementwise.h"
#include "ops/resize_common.h"

namespace paw::op {

constinit const OpDef resize_bilinear{
    .name = "resize_bilinear",
    .summary = "weighted mean of the four source pixels around the coordinate clamped to the image",
    .inputs = {"x"},
    .default_attrs = attrs_of<ResizeAttrs>,
    .traits = kSharesInputScale,
    .infer = infer_resize,
    .reference = [](const EvalArgs& args) { eval_resize(args, ResizeMethod::kBilinear); },
    .gradient = [](GradContext& g) { return resize_gradient(g, resize_bilinear_grad); },
    .cost = cost_per_element<8>,
    .cases = resize_cases};

}  // namespace paw::op
