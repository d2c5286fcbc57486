#include <algorithm>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kRelu6Kinks[] = {0, 6};

void eval_relu6(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::clamp(x, 0.0, 6.0); });
}

// Of y, which is strictly inside the bounds where x is: x need not be kept.
std::vector<ValueId> grad_relu6(GradContext& g) { return {g.call(clamp_grad, {g.grad(), g.out()}, ClampAttrs{0, 6})}; }

}  // namespace

constinit const OpDef relu6{.name = "relu6",
                            .summary = "min(max(x, 0), 6)",
                            .inputs = {"x"},
                            .traits = kElementwise,
                            .accuracy = Accuracy::kExact,
                            .infer = infer_unary,
                            .reference = eval_relu6,
                            .gradient = grad_relu6,
                            .cost = cost_per_element<2>,
                            .cases = [] { return kinked_cases(-3, 9, kRelu6Kinks); }};

}  // namespace paw::op
