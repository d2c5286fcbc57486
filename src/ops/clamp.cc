#include <algorithm>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

constexpr double kClampKinks[] = {-0.5, 1.25};

Result<std::vector<TensorType>> infer_clamp(const OpCall& call) {
  const auto& a = call.as<ClampAttrs>();
  if (!(a.min <= a.max)) {
    return call.error("expected min <= max, got " + std::to_string(a.min) + " and " + std::to_string(a.max));
  }
  return infer_unary(call);
}

// NaN passes through: it compares false with both bounds.
void eval_clamp(const EvalArgs& args) {
  const auto& a = args.call.as<ClampAttrs>();
  eval_unary(args, [&](double x) { return std::clamp(x, a.min, a.max); });
}

// Of y, which is strictly inside the bounds where x is: x need not be kept.
std::vector<ValueId> grad_clamp(GradContext& g) {
  return {g.call(clamp_grad, {g.grad(), g.out()}, g.attrs<ClampAttrs>())};
}

std::vector<OpCase> cases_clamp() {
  std::vector<OpCase> all = kinked_cases(-2, 2, kClampKinks, ClampAttrs{-0.5, 1.25});
  all[0].attrs = ClampAttrs{};  // unbounded
  all[1].attrs = ClampAttrs{.min = -0.5};
  return all;
}

}  // namespace

constinit const OpDef clamp{.name = "clamp",
                            .summary = "min(max(x, min), max)",
                            .inputs = {"x"},
                            .default_attrs = attrs_of<ClampAttrs>,
                            .traits = kElementwise,
                            .accuracy = Accuracy::kExact,
                            .infer = infer_clamp,
                            .reference = eval_clamp,
                            .gradient = grad_clamp,
                            .cost = cost_per_element<2>,
                            .cases = cases_clamp};

}  // namespace paw::op
