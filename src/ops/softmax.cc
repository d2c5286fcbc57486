#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_scale.h"
#include "ops/reduce.h"
#include "ops/softmax_lines.h"

namespace paw::op {

namespace {

// e^(x - m) / sum e^(x - m), m the largest x: no overflow, and the sum is at least 1.
void eval_softmax(const EvalArgs& args) {
  transform_lines(args, [](std::span<double> line) {
    const double m = largest(line);
    double sum = 0;
    for (double& v : line) sum += v = std::exp(v - m);
    for (double& v : line) v /= sum;
  });
}

// dx = y (dy - sum(dy y)).
std::vector<ValueId> grad_softmax(GradContext& g) {
  const ReduceAttrs along{{g.attrs<SoftmaxAttrs>().axis}, true};
  const ValueId sum = g.call(reduce_sum, {g.call(mul, {g.grad(), g.out()})}, along);
  return {g.call(mul, {g.out(), g.call(sub, {g.grad(), sum})})};
}

}  // namespace

constinit const OpDef softmax{.name = "softmax",
                              .summary = "e^x / sum(e^x) along an axis",
                              .inputs = {"x"},
                              .default_attrs = attrs_of<SoftmaxAttrs>,
                              .traits = kFixedOutputScale,
                              .accuracy = Accuracy::kApproximate,
                              .infer = infer_softmax,
                              .reference = eval_softmax,
                              .gradient = grad_softmax,
                              .cost = cost_per_element<5>,
                              .cases = softmax_cases,
                              .fixed_quant = unit_interval_scale};

}  // namespace paw::op
