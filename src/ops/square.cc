#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_square(const EvalArgs& args) {
  eval_unary(args, [](double x) { return x * x; });
}

std::vector<ValueId> grad_square(GradContext& g) {
  return {g.call(mul, {g.grad(), g.call(mul, {g.in(0), g.scalar(2, g.in(0))})})};
}

}  // namespace

constinit const OpDef square{.name = "square",
                             .summary = "x * x",
                             .inputs = {"x"},
                             .traits = kElementwise,
                             .accuracy = Accuracy::kExact,
                             .infer = infer_unary_number,
                             .reference = eval_square,
                             .gradient = grad_square,
                             .cost = cost_per_element<1>,
                             .cases = [] { return unary_cases(-2, 2); }};

}  // namespace paw::op
