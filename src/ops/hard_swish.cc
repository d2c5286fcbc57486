#include <algorithm>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kHardSwishKinks[] = {-3, 3};

// Howard et al. 2019, section 5.2.
double hard_sigmoid_of(double x) { return std::clamp(x + 3.0, 0.0, 6.0) / 6.0; }

void eval_hard_swish(const EvalArgs& args) {
  eval_unary(args, [](double x) { return x * hard_sigmoid_of(x); });
}

std::vector<ValueId> grad_hard_swish(GradContext& g) { return {g.call(hard_swish_grad, {g.grad(), g.in(0)})}; }

}  // namespace

constinit const OpDef hard_swish{.name = "hard_swish",
                                 .summary = "x * clamp(x + 3, 0, 6) / 6",
                                 .inputs = {"x"},
                                 .traits = kElementwise,
                                 .infer = infer_unary,
                                 .reference = eval_hard_swish,
                                 .gradient = grad_hard_swish,
                                 .cost = cost_per_element<4>,
                                 .cases = [] { return kinked_cases(-5, 5, kHardSwishKinks); }};

}  // namespace paw::op
