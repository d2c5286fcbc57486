#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_round(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::nearbyint(x); });
}

// Straight through (Bengio et al. 2013): the derivative, 0 wherever there is one, would teach nothing.
std::vector<ValueId> grad_round(GradContext& g) { return {g.grad()}; }

std::vector<OpCase> cases_round() {
  std::vector<OpCase> all = unary_cases(-4, 4);
  all.push_back(
      {.name = "halves", .inputs = {{.type = {DType::kF32, {6}}, .values = {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}}}});
  for (OpCase& c : all) c.inputs[0].differentiable = false;  // not by differences
  return all;
}

}  // namespace

constinit const OpDef round{.name = "round",
                            .summary = "nearest integer, halves to even; in training gradients pass straight through",
                            .inputs = {"x"},
                            .traits = kElementwise | kTrainOnly | kSurrogateGradient,
                            .accuracy = Accuracy::kExact,
                            .infer = infer_unary,
                            .reference = eval_round,
                            .gradient = grad_round,
                            .cost = cost_per_element<1>,
                            .cases = cases_round};

}  // namespace paw::op
