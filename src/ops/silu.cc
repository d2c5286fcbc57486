#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_silu(const EvalArgs& args) {
  eval_unary(args, [](double x) { return x / (1.0 + std::exp(-x)); });
}

// With s = sigmoid(x) and y = x s: dy/dx = s + y (1 - s).
std::vector<ValueId> grad_silu(GradContext& g) {
  const ValueId s = g.call(sigmoid, {g.in(0)});
  const ValueId slope = g.call(add, {s, g.call(sub, {g.out(), g.call(mul, {g.out(), s})})});
  return {g.call(mul, {g.grad(), slope})};
}

}  // namespace

constinit const OpDef silu{.name = "silu",
                           .summary = "x * sigmoid(x)",
                           .inputs = {"x"},
                           .traits = kElementwise,
                           .accuracy = Accuracy::kApproximate,
                           .infer = infer_unary,
                           .reference = eval_silu,
                           .gradient = grad_silu,
                           .cost = cost_per_element<4>,
                           .cases = [] { return unary_cases(-5, 5); }};

}  // namespace paw::op
