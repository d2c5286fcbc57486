#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_scale.h"

namespace paw::op {

namespace {

// [-1, 1): one step short of 1 at the top, as TFLite defines it.
std::shared_ptr<const QuantParams> fixed_quant_tanh(DType dtype) {
  switch (dtype) {
    case DType::kI8: return per_tensor(1.0F / 128, 0);
    case DType::kU8: return per_tensor(1.0F / 128, 128);
    case DType::kI16: return per_tensor(1.0F / 32768, 0);
    default: return nullptr;
  }
}

void eval_tanh(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::tanh(x); });
}

std::vector<ValueId> grad_tanh(GradContext& g) {
  return {g.call(sub, {g.grad(), g.call(mul, {g.grad(), g.call(square, {g.out()})})})};
}

}  // namespace

constinit const OpDef tanh{.name = "tanh",
                           .summary = "hyperbolic tangent",
                           .inputs = {"x"},
                           .traits = kElementwise | kFixedOutputScale,
                           .accuracy = Accuracy::kApproximate,
                           .infer = infer_fixed_scale,
                           .reference = eval_tanh,
                           .gradient = grad_tanh,
                           .cost = cost_per_element<4>,
                           .cases = [] { return unary_cases(-3, 3); },
                           .fixed_quant = fixed_quant_tanh};

}  // namespace paw::op
