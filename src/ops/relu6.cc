#include <algorithm>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kKinks[] = {0, 6};

void eval(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::clamp(x, 0.0, 6.0); });
}

// Of y, which is strictly inside the bounds where x is: x need not be kept.
std::vector<ValueId> grad(GradContext& g) { return {g.call(clamp_grad, {g.grad(), g.out()}, ClampAttrs{0, 6})}; }

}  // namespace

constinit const OpDef relu6{.name = "relu6",
                            .summary = "min(max(x, 0), 6)",
                            .inputs = {"x"},
                            .traits = kElementwise,
                            .accuracy = Accuracy::kExact,
                            .infer = infer_unary,
                            .reference = eval,
                            .gradient = grad,
                            .cost = cost_per_element<2>,
                            .cases = [] { return kinked_cases(-3, 9, kKinks); }};

}  // namespace paw::op
