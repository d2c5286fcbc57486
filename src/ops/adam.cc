#include "ops/elementwise.h"
#include "ops/optimizers.h"

namespace paw::op {

constinit const OpDef adam{.name = "adam",
                           .summary =
                               "m, v: running means of g and g^2; p = p - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - "
                               "b2^t)) + eps); the gradient is grad + decay * p",
                           .inputs = {"param", "grad", "m", "v", "lr", "step"},
                           .outputs = {"new_param", "new_m", "new_v"},
                           .default_attrs = attrs_of<AdamAttrs>,
                           .traits = kTrainOnly,
                           .infer = infer_adam,
                           .reference = [](const EvalArgs& args) { eval_adam(args, false); },
                           .no_gradient = kNoOptimizerGradient,
                           .cost = cost_per_element<12>,
                           .cases = adam_cases};

}  // namespace paw::op
