#include <cmath>

#include "ops/elementwise.h"

namespace paw::op {

namespace {

void eval_sign(const EvalArgs& args) {
  eval_unary(args, [](double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); });
}

}  // namespace

constinit const OpDef sign{.name = "sign",
                           .summary = "-1, 0 or 1",
                           .inputs = {"x"},
                           .traits = kElementwise,
                           .accuracy = Accuracy::kExact,
                           .infer = infer_unary_number,
                           .reference = eval_sign,
                           .no_gradient = "its derivative is zero wherever it exists",
                           .cost = cost_per_element<1>,
                           .cases = [] { return unary_cases(-2, 2); }};

}  // namespace paw::op
