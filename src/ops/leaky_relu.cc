#include <cmath>
#include <limits>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kLeakyReluKinks[] = {0};

Result<std::vector<TensorType>> infer_leaky_relu(const OpCall& call) {
  const double alpha = call.as<LeakyReluAttrs>().alpha;
  if (!std::isfinite(alpha)) {
    return call.error("expected a finite alpha, got " + std::to_string(alpha));
  }
  return infer_unary(call);
}

void eval_leaky_relu(const EvalArgs& args) {
  const double alpha = args.call.as<LeakyReluAttrs>().alpha;
  eval_unary(args, [&](double x) { return x < 0 ? alpha * x : x; });
}

// The slope is alpha + (1 - alpha) [x > 0].
std::vector<ValueId> grad_leaky_relu(GradContext& g) {
  const double alpha = g.attrs<LeakyReluAttrs>().alpha;
  const ValueId x = g.in(0);
  const ValueId positive = g.call(clamp_grad, {g.grad(), x}, ClampAttrs{0, std::numeric_limits<double>::infinity()});
  const ValueId leak = g.call(mul, {g.grad(), g.scalar(alpha, x)});
  return {g.call(add, {leak, g.call(mul, {positive, g.scalar(1 - alpha, x)})})};
}

std::vector<OpCase> cases_leaky_relu() {
  std::vector<OpCase> all = kinked_cases(-2, 2, kLeakyReluKinks, LeakyReluAttrs{0.2});
  all[1].attrs = LeakyReluAttrs{};
  return all;
}

}  // namespace

constinit const OpDef leaky_relu{.name = "leaky_relu",
                                 .summary = "x where x >= 0, else alpha * x",
                                 .inputs = {"x"},
                                 .default_attrs = attrs_of<LeakyReluAttrs>,
                                 .traits = kElementwise,
                                 .accuracy = Accuracy::kRounding,
                                 .infer = infer_leaky_relu,
                                 .reference = eval_leaky_relu,
                                 .gradient = grad_leaky_relu,
                                 .cost = cost_per_element<2>,
                                 .cases = cases_leaky_relu};

}  // namespace paw::op
