#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_scale.h"

namespace paw::op {

namespace {

void eval_sigmoid(const EvalArgs& args) {
  eval_unary(args, [](double x) { return 1.0 / (1.0 + std::exp(-x)); });
}

std::vector<ValueId> grad_sigmoid(GradContext& g) {
  const ValueId slope = g.call(sub, {g.out(), g.call(square, {g.out()})});
  return {g.call(mul, {g.grad(), slope})};
}

}  // namespace

constinit const OpDef sigmoid{.name = "sigmoid",
                              .summary = "1 / (1 + e^-x)",
                              .inputs = {"x"},
                              .traits = kElementwise | kFixedOutputScale,
                              .accuracy = Accuracy::kApproximate,
                              .infer = infer_fixed_scale,
                              .reference = eval_sigmoid,
                              .gradient = grad_sigmoid,
                              .cost = cost_per_element<3>,
                              .cases = [] { return unary_cases(-5, 5); },
                              .fixed_quant = unit_interval_scale};

}  // namespace paw::op
