#include <cmath>

#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/softmax_lines.h"

namespace paw::op {

namespace {

// (x - m) - log(sum e^(x - m)), m the largest x.
void eval_log_softmax(const EvalArgs& args) {
  transform_lines(args, [](std::span<double> line) {
    const double m = largest(line);
    double sum = 0;
    for (const double v : line) sum += std::exp(v - m);
    const double log_sum = std::log(sum);
    for (double& v : line) v = v - m - log_sum;
  });
}

// dx = dy - softmax(x) sum(dy).
std::vector<ValueId> grad_log_softmax(GradContext& g) {
  const ReduceAttrs along{{g.attrs<SoftmaxAttrs>().axis}, true};
  const ValueId sum = g.call(reduce_sum, {g.grad()}, along);
  return {g.call(sub, {g.grad(), g.call(mul, {g.call(exp, {g.out()}), sum})})};
}

// [-16, 0], as TFLite defines it (for 8 bits only).
std::shared_ptr<const QuantParams> fixed_quant_log_softmax(DType dtype) {
  switch (dtype) {
    case DType::kI8: return per_tensor(16.0F / 256, 127);
    case DType::kU8: return per_tensor(16.0F / 256, 255);
    default: return nullptr;
  }
}

}  // namespace

constinit const OpDef log_softmax{.name = "log_softmax",
                                  .summary = "x - log(sum(e^x)) along an axis",
                                  .inputs = {"x"},
                                  .default_attrs = attrs_of<SoftmaxAttrs>,
                                  .traits = kFixedOutputScale,
                                  .accuracy = Accuracy::kApproximate,
                                  .infer = infer_softmax,
                                  .reference = eval_log_softmax,
                                  .gradient = grad_log_softmax,
                                  .cost = cost_per_element<5>,
                                  .cases = softmax_cases,
                                  .fixed_quant = fixed_quant_log_softmax};

}  // namespace paw::op
