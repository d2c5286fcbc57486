#include <limits>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kReluKinks[] = {0};

void eval_relu(const EvalArgs& args) {
  eval_unary(args, [](double x) { return x < 0 ? 0.0 : x; });
}

// Of y, which is strictly inside the bounds where x is: x need not be kept.
std::vector<ValueId> grad_relu(GradContext& g) {
  return {g.call(clamp_grad, {g.grad(), g.out()}, ClampAttrs{0, std::numeric_limits<double>::infinity()})};
}

}  // namespace

constinit const OpDef relu{.name = "relu",
                           .summary = "max(x, 0)",
                           .inputs = {"x"},
                           .traits = kElementwise,
                           .accuracy = Accuracy::kExact,
                           .infer = infer_unary,
                           .reference = eval_relu,
                           .gradient = grad_relu,
                           .cost = cost_per_element<1>,
                           .cases = [] { return kinked_cases(-2, 2, kReluKinks); }};

}  // namespace paw::op
