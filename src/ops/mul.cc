#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_mul(const EvalArgs& args) {
  eval_binary(args, [](double a, double b) { return a * b; });
}

std::vector<ValueId> grad_mul(GradContext& g) {
  std::vector<ValueId> grads(2);
  if (g.wants(0)) grads[0] = sum_to(g, g.call(mul, {g.grad(), g.in(1)}), g.in(0));
  if (g.wants(1)) grads[1] = sum_to(g, g.call(mul, {g.grad(), g.in(0)}), g.in(1));
  return grads;
}

}  // namespace

constinit const OpDef mul{.name = "mul",
                          .summary = "a * b",
                          .inputs = {"a", "b"},
                          .traits = kElementwise | kCommutative,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_binary,
                          .reference = eval_mul,
                          .gradient = grad_mul,
                          .cost = cost_per_element<1>,
                          .cases = [] { return binary_cases(); }};

}  // namespace paw::op
