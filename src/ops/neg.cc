#include "ops/elementwise.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_signed(const OpCall& call) {
  const TensorType& x = call.in(0);
  if (!x.is_real() && !is_signed(x.dtype)) return call.error("expected signed numbers, got " + x.text());
  return infer_unary_number(call);
}

void eval_neg(const EvalArgs& args) {
  eval_unary(args, [](double x) { return -x; });
}

std::vector<ValueId> grad_neg(GradContext& g) { return {g.call(neg, {g.grad()})}; }

}  // namespace

constinit const OpDef neg{.name = "neg",
                          .summary = "-x",
                          .inputs = {"x"},
                          .traits = kElementwise,
                          .accuracy = Accuracy::kExact,
                          .infer = infer_signed,
                          .reference = eval_neg,
                          .gradient = grad_neg,
                          .cost = cost_per_element<1>,
                          .cases = [] { return unary_cases(-2, 2); }};

}  // namespace paw::op
