#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_log(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::log(x); });
}

std::vector<ValueId> grad_log(GradContext& g) { return {g.call(div, {g.grad(), g.in(0)})}; }

}  // namespace

constinit const OpDef log{.name = "log",
                          .summary = "natural logarithm; -infinity at 0, NaN below",
                          .inputs = {"x"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kApproximate,
                          .infer = infer_unary,
                          .reference = eval_log,
                          .gradient = grad_log,
                          .cost = cost_per_element<1>,
                          .cases = [] { return unary_cases(0.25, 4); }};

}  // namespace paw::op
