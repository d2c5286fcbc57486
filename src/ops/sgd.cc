#include <cmath>

#include "ops/elementwise.h"
#include "ops/optimizers.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_sgd(const OpCall& call) {
  const auto& a = call.as<SgdAttrs>();
  if (!(a.momentum >= 0 && a.momentum < 1)) {
    return call.error("expected momentum in [0, 1), got " + std::to_string(a.momentum));
  }
  if (!(a.weight_decay >= 0) || std::isinf(a.weight_decay)) {
    return call.error("expected a finite weight_decay of at least 0");
  }
  return infer_optimizer(call, 3);
}

void eval_sgd(const EvalArgs& args) {
  const auto& a = args.call.as<SgdAttrs>();
  const double lr = args.in[3]->data[0];
  for (std::size_t i = 0; i < args.in[0]->data.size(); ++i) {
    const double parameter = args.in[0]->data[i];
    const double g = args.in[1]->data[i] + a.weight_decay * parameter;
    const double velocity = a.momentum * args.in[2]->data[i] + g;
    args.out[0].data[i] = parameter - lr * (a.nesterov ? g + a.momentum * velocity : velocity);
    args.out[1].data[i] = velocity;
  }
}

}  // namespace

constinit const OpDef sgd{
    .name = "sgd",
    .summary = "g = grad + decay * p; v = momentum * v + g; p = p - lr * v (nesterov: g + momentum * v)",
    .inputs = {"param", "grad", "velocity", "lr"},
    .outputs = {"new_param", "new_velocity"},
    .default_attrs = attrs_of<SgdAttrs>,
    .traits = kTrainOnly,
    .infer = infer_sgd,
    .reference = eval_sgd,
    .no_gradient = kNoOptimizerGradient,
    .cost = cost_per_element<6>,
    .cases = [] {
      return optimizer_cases(1, {0.1}, SgdAttrs{}, SgdAttrs{.momentum = 0.8, .weight_decay = 0.01, .nesterov = true});
    }};

}  // namespace paw::op
