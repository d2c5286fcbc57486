#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_exp(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::exp(x); });
}

std::vector<ValueId> grad_exp(GradContext& g) { return {g.call(mul, {g.grad(), g.out()})}; }

}  // namespace

constinit const OpDef exp{.name = "exp",
                          .summary = "e^x",
                          .inputs = {"x"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kApproximate,
                          .infer = infer_unary,
                          .reference = eval_exp,
                          .gradient = grad_exp,
                          .cost = cost_per_element<1>,
                          .cases = [] { return unary_cases(-2, 2); }};

}  // namespace paw::op
