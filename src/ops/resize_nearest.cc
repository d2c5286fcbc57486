#include "ops/elementwise.h"
#include "ops/resize_common.h"

namespace paw::op {

constinit const OpDef resize_nearest{
    .name = "resize_nearest",
    .summary =
        "value of the source pixel: half_pixel floor((i + 0.5) * in / out), asymmetric floor(i * in / out), "
        "align_corners round(i * (in - 1) / (out - 1)), halves up",
    .inputs = {"x"},
    .default_attrs = attrs_of<ResizeAttrs>,
    .traits = kSharesInputScale,
    .accuracy = Accuracy::kExact,
    .infer = infer_resize,
    .reference = [](const EvalArgs& args) { eval_resize(args, ResizeMethod::kNearest); },
    .gradient = [](GradContext& g) { return resize_gradient(g, resize_nearest_grad); },
    .cost = cost_per_element<1>,
    .cases = resize_cases};

}  // namespace paw::op
