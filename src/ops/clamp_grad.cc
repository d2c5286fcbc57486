#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kClampGradKinks[] = {-0.5, 1.25};

Result<std::vector<TensorType>> infer_clamp_grad(const OpCall& call) {
  const auto& a = call.as<ClampAttrs>();
  if (!(a.min <= a.max)) {
    return call.error("expected min <= max, got " + std::to_string(a.min) + " and " + std::to_string(a.max));
  }
  return infer_gradient(call);
}

void eval_clamp_grad(const EvalArgs& args) {
  const auto& a = args.call.as<ClampAttrs>();
  eval_binary(args, [&](double dy, double x) { return a.min < x && x < a.max ? dy : 0.0; });
}

// Linear in dy; the mask does not depend on x wherever a derivative exists.
std::vector<ValueId> grad_clamp_grad(GradContext& g) {
  return {g.call(clamp_grad, {g.grad(), g.in(1)}, g.attrs<ClampAttrs>()), ValueId{}};
}

std::vector<OpCase> cases_clamp_grad() {
  std::vector<OpCase> all = kinked_cases(-2, 2, kClampGradKinks, ClampAttrs{-0.5, 1.25});
  for (OpCase& c : all) {
    c.inputs.insert(c.inputs.begin(), CaseInput{.type = c.inputs[0].type});
  }
  return all;
}

}  // namespace

constinit const OpDef clamp_grad{.name = "clamp_grad",
                                 .summary = "dy where min < x < max, else 0",
                                 .inputs = {"dy", "x"},
                                 .outputs = {"dx"},
                                 .default_attrs = attrs_of<ClampAttrs>,
                                 .traits = kElementwise | kTrainOnly,
                                 .accuracy = Accuracy::kExact,
                                 .infer = infer_clamp_grad,
                                 .reference = eval_clamp_grad,
                                 .gradient = grad_clamp_grad,
                                 .cost = cost_per_element<1>,
                                 .cases = cases_clamp_grad};

}  // namespace paw::op
