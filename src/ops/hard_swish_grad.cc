#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kHardSwishGradKinks[] = {-3, 3};

// d(x (x + 3) / 6) = (2 x + 3) / 6 inside (-3, 3); at the bounds that of the outside.
void eval_hard_swish_grad(const EvalArgs& args) {
  eval_binary(args, [](double dy, double x) { return x <= -3 ? 0.0 : x >= 3 ? dy : dy * (2 * x + 3) / 6; });
}

std::vector<OpCase> cases_hard_swish_grad() {
  std::vector<OpCase> all = kinked_cases(-5, 5, kHardSwishGradKinks);
  for (OpCase& c : all) c.inputs.insert(c.inputs.begin(), CaseInput{.type = c.inputs[0].type});
  return all;
}

}  // namespace

constinit const OpDef hard_swish_grad{.name = "hard_swish_grad",
                                      .summary = "dy * (0 where x <= -3, 1 where x >= 3, else (2 x + 3) / 6)",
                                      .inputs = {"dy", "x"},
                                      .outputs = {"dx"},
                                      .traits = kElementwise | kTrainOnly,
                                      .infer = infer_gradient,
                                      .reference = eval_hard_swish_grad,
                                      .no_gradient = "a backward op: nothing differentiates a training step twice",
                                      .cost = cost_per_element<4>,
                                      .cases = cases_hard_swish_grad};

}  // namespace paw::op
