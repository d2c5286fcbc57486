#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_sqrt(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::sqrt(x); });
}

std::vector<ValueId> grad_sqrt(GradContext& g) {
  return {g.call(div, {g.call(mul, {g.grad(), g.scalar(0.5, g.out())}), g.out()})};
}

}  // namespace

constinit const OpDef sqrt{.name = "sqrt",
                           .summary = "square root; NaN below 0",
                           .inputs = {"x"},
                           .traits = kElementwise,
                           .accuracy = Accuracy::kExact,
                           .infer = infer_unary,
                           .reference = eval_sqrt,
                           .gradient = grad_sqrt,
                           .cost = cost_per_element<1>,
                           .cases = [] { return unary_cases(0.25, 4); }};

}  // namespace paw::op
