#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_add(const EvalArgs& args) {
  eval_binary(args, [](double a, double b) { return a + b; });
}

std::vector<ValueId> grad_add(GradContext& g) { return {sum_to(g, g.grad(), g.in(0)), sum_to(g, g.grad(), g.in(1))}; }

}  // namespace

constinit const OpDef add{.name = "add",
                          .summary = "a + b",
                          .inputs = {"a", "b"},
                          .traits = kElementwise | kCommutative,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_binary,
                          .reference = eval_add,
                          .gradient = grad_add,
                          .cost = cost_per_element<1>,
                          .cases = [] { return binary_cases(); }};

}  // namespace paw::op
