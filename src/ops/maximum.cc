#include <cmath>
#include <limits>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

// NaN in either operand gives NaN, as in NumPy and IEEE 754-2019 maximum.
void eval_maximum(const EvalArgs& args) {
  eval_binary(args, [](double a, double b) { return std::isnan(a) || a > b ? a : b; });
}

// The larger operand takes the gradient, b where they are equal.
std::vector<ValueId> grad_maximum(GradContext& g) {
  const ValueId difference = g.call(sub, {g.in(0), g.in(1)});
  const ValueId to_a =
      g.call(clamp_grad, {g.grad(), difference}, ClampAttrs{0, std::numeric_limits<double>::infinity()});
  std::vector<ValueId> grads(2);
  if (g.wants(0)) grads[0] = sum_to(g, to_a, g.in(0));
  if (g.wants(1)) grads[1] = sum_to(g, g.call(sub, {g.grad(), to_a}), g.in(1));
  return grads;
}

}  // namespace

constinit const OpDef maximum{.name = "maximum",
                              .summary = "max(a, b); NaN if either is",
                              .inputs = {"a", "b"},
                              .traits = kElementwise | kCommutative | kSharesInputScale,
                              .accuracy = Accuracy::kExact,
                              .infer = infer_binary_same_scale,
                              .reference = eval_maximum,
                              .gradient = grad_maximum,
                              .cost = cost_per_element<1>,
                              .cases = apart_cases};

}  // namespace paw::op
