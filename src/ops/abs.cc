#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kAbsKinks[] = {0};

void eval_abs(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::abs(x); });
}

std::vector<ValueId> grad_abs(GradContext& g) { return {g.call(mul, {g.grad(), g.call(sign, {g.in(0)})})}; }

}  // namespace

constinit const OpDef abs{.name = "abs",
                          .summary = "|x|",
                          .inputs = {"x"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_unary_number,
                          .reference = eval_abs,
                          .gradient = grad_abs,
                          .cost = cost_per_element<1>,
                          .cases = [] { return kinked_cases(-2, 2, kAbsKinks); }};

}  // namespace paw::op
