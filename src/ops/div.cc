#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_div(const EvalArgs& args) {
  eval_binary(args, [](double a, double b) { return a / b; });
}

// d(a/b) = da / b - (a/b) db / b.
std::vector<ValueId> grad_div(GradContext& g) {
  std::vector<ValueId> grads(2);
  const ValueId per_b = g.call(div, {g.grad(), g.in(1)});
  if (g.wants(0)) grads[0] = sum_to(g, per_b, g.in(0));
  if (g.wants(1)) grads[1] = g.call(neg, {sum_to(g, g.call(mul, {per_b, g.out()}), g.in(1))});
  return grads;
}

}  // namespace

constinit const OpDef div{.name = "div",
                          .summary = "a / b, real numbers",
                          .inputs = {"a", "b"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_binary_real,
                          .reference = eval_div,
                          .gradient = grad_div,
                          .cost = cost_per_element<1>,
                          .cases = [] { return binary_cases(0.5, 2); }};

}  // namespace paw::op
