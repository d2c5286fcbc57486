#include <cmath>
#include <numbers>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_erf(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::erf(x); });
}

std::vector<ValueId> grad_erf(GradContext& g) {
  const ValueId bell = g.call(exp, {g.call(neg, {g.call(square, {g.in(0)})})});
  return {g.call(mul, {g.call(mul, {g.grad(), bell}), g.scalar(2 * std::numbers::inv_sqrtpi, g.in(0))})};
}

}  // namespace

constinit const OpDef erf{.name = "erf",
                          .summary = "2 / sqrt(pi) * integral of e^(-t^2) from 0 to x",
                          .inputs = {"x"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kApproximate,
                          .infer = infer_unary,
                          .reference = eval_erf,
                          .gradient = grad_erf,
                          .cost = cost_per_element<1>,
                          .cases = [] { return unary_cases(-2, 2); }};

}  // namespace paw::op
