#include <algorithm>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kHardSigmoidKinks[] = {-3, 3};

// Howard et al. 2019, section 5.2. (The slope 0.2 of older Keras is another function.)
void eval_hard_sigmoid(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::clamp(x + 3.0, 0.0, 6.0) / 6.0; });
}

std::vector<ValueId> grad_hard_sigmoid(GradContext& g) {
  const ValueId inside = g.call(clamp_grad, {g.grad(), g.in(0)}, ClampAttrs{-3, 3});
  return {g.call(mul, {inside, g.scalar(1.0 / 6.0, g.in(0))})};
}

}  // namespace

constinit const OpDef hard_sigmoid{.name = "hard_sigmoid",
                                   .summary = "clamp(x + 3, 0, 6) / 6",
                                   .inputs = {"x"},
                                   .traits = kElementwise,
                                   .accuracy = Accuracy::kRounding,
                                   .infer = infer_unary,
                                   .reference = eval_hard_sigmoid,
                                   .gradient = grad_hard_sigmoid,
                                   .cost = cost_per_element<4>,
                                   .cases = [] { return kinked_cases(-5, 5, kHardSigmoidKinks); }};

}  // namespace paw::op
