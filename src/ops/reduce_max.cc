#include <cmath>
#include <limits>

#include "ops/elementwise.h"
#include "ops/reduction.h"

namespace paw::op {

namespace {

void eval_reduce_max(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto index = reduction_index(x.shape, args.call.as<ReduceAttrs>());
  y.data.assign(y.data.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    double& top = y.data[index[i]];
    if (std::isnan(x.data[i]) || x.data[i] > top) top = x.data[i];
  }
}

std::vector<ValueId> grad_reduce_max(GradContext& g) {
  return {g.call(reduce_max_grad, {g.grad(), g.in(0), g.out()}, g.attrs<ReduceAttrs>())};
}

// Distinct elements, so that the maximum does not change hands within a small step.
std::vector<OpCase> cases_reduce_max() {
  std::vector<OpCase> all = reduction_cases();
  for (OpCase& c : all) {
    CaseInput& x = c.inputs[0];
    const std::int64_t n = x.type.shape.elements();
    for (std::int64_t i = 0; i < n; ++i) x.values.push_back(static_cast<double>((i * 29 + 7) % 59) / 16 - 2);
  }
  return all;
}

}  // namespace

constinit const OpDef reduce_max{.name = "reduce_max",
                                 .summary = "largest element over axes; NaN if there is one",
                                 .inputs = {"x"},
                                 .default_attrs = attrs_of<ReduceAttrs>,
                                 .accuracy = Accuracy::kExact,
                                 .infer = infer_reduction,
                                 .reference = eval_reduce_max,
                                 .gradient = grad_reduce_max,
                                 .cost = cost_reduction,
                                 .cases = cases_reduce_max};

}  // namespace paw::op
