#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_rsqrt(const EvalArgs& args) {
  eval_unary(args, [](double x) { return 1.0 / std::sqrt(x); });
}

// d(x^-1/2) = -1/2 x^-3/2 dx.
std::vector<ValueId> grad_rsqrt(GradContext& g) {
  const ValueId cube = g.call(mul, {g.out(), g.call(square, {g.out()})});
  return {g.call(mul, {g.call(mul, {g.grad(), g.scalar(-0.5, g.out())}), cube})};
}

}  // namespace

constinit const OpDef rsqrt{.name = "rsqrt",
                            .summary = "1 / sqrt(x); infinite at 0, NaN below",
                            .inputs = {"x"},
                            .traits = kElementwise,
                            .accuracy = Accuracy::kRounding,
                            .infer = infer_unary,
                            .reference = eval_rsqrt,
                            .gradient = grad_rsqrt,
                            .cost = cost_per_element<2>,
                            .cases = [] { return unary_cases(0.25, 4); }};

}  // namespace paw::op
