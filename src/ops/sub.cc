#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_sub(const EvalArgs& args) {
  eval_binary(args, [](double a, double b) { return a - b; });
}

std::vector<ValueId> grad_sub(GradContext& g) {
  std::vector<ValueId> grads(2);
  if (g.wants(0)) grads[0] = sum_to(g, g.grad(), g.in(0));
  if (g.wants(1)) grads[1] = g.call(neg, {sum_to(g, g.grad(), g.in(1))});
  return grads;
}

}  // namespace

constinit const OpDef sub{.name = "sub",
                          .summary = "a - b",
                          .inputs = {"a", "b"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_binary,
                          .reference = eval_sub,
                          .gradient = grad_sub,
                          .cost = cost_per_element<1>,
                          .cases = [] { return binary_cases(); }};

}  // namespace paw::op
