#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/activation.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"
#include "ops/training.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_cross_entropy(const OpCall& call) {
  const double smoothing = call.as<CrossEntropyAttrs>().label_smoothing;
  if (!(smoothing >= 0 && smoothing < 1)) {
    return call.error("expected label_smoothing in [0, 1), got " + std::to_string(smoothing));
  }
  const TensorType& logits = call.in(0);
  const TensorType& target = call.in(1);
  if (!is_float(logits.dtype) || logits.shape.rank() != 2) {
    return call.error("expected logits as float [N,C], got " + logits.text());
  }
  if (!(target == logits)) return call.error("expected target as " + logits.text() + ", got " + target.text());
  return std::vector{TensorType{logits.dtype, Shape{logits.shape[0]}}};
}

void eval_cross_entropy(const EvalArgs& args) {
  const double smoothing = args.call.as<CrossEntropyAttrs>().label_smoothing;
  const auto classes = static_cast<std::size_t>(args.call.shape(0)[1]);
  std::vector<double>& loss = args.out[0].data;
  for (std::size_t n = 0; n < loss.size(); ++n) {
    const auto logits = std::span(args.in[0]->data).subspan(n * classes, classes);
    const auto target = std::span(args.in[1]->data).subspan(n * classes, classes);
    const double top = std::ranges::max(logits);
    double sum = 0;
    for (const double z : logits) sum += std::exp(z - top);
    const double log_sum = top + std::log(sum);
    const double mass = std::accumulate(target.begin(), target.end(), 0.0);
    for (std::size_t c = 0; c < classes; ++c) {
      const double smoothed = target[c] * (1 - smoothing) + smoothing * mass / static_cast<double>(classes);
      // 0 * -inf is no loss: a class that is impossible in both distributions.
      if (smoothed != 0) loss[n] -= smoothed * (logits[c] - log_sum);
    }
  }
}

// dlogits = dloss (softmax(logits) sum(target) - target'); the sum is 1 for rows of probabilities, but need not be.
// dtarget = -dloss ((1 - s) l + s mean(l)), l = log_softmax(logits), for targets that are computed (distillation).
std::vector<ValueId> grad_cross_entropy(GradContext& g) {
  const ValueId logits = g.in(0);
  const Shape shape = g.type(logits).shape;
  const double smoothing = g.attrs<CrossEntropyAttrs>().label_smoothing;
  const ValueId rows = g.call(expand_dims, {g.grad()}, AxesAttrs{{1}});
  std::vector<ValueId> grads(2);
  if (g.wants(1)) {
    ValueId logs = g.call(log_softmax, {logits}, SoftmaxAttrs{1});
    if (smoothing != 0) {
      const ValueId mean = g.call(reduce_mean, {logs}, ReduceAttrs{{1}, true});
      logs = g.call(mul, {logs, g.scalar(1 - smoothing, logits)});
      logs = g.call(add, {logs, g.call(mul, {mean, g.scalar(smoothing, logits)})});
    }
    grads[1] = g.call(neg, {g.call(mul, {logs, rows})});
  }
  if (!g.wants(0)) return grads;
  ValueId target = g.in(1);
  const ValueId mass = g.call(reduce_sum, {target}, ReduceAttrs{{1}, true});
  if (smoothing != 0) {
    const double floor = smoothing / static_cast<double>(shape[1]);
    target = g.call(mul, {target, g.scalar(1 - smoothing, logits)});
    target = g.call(add, {target, g.call(mul, {mass, g.scalar(floor, logits)})});
  }
  const ValueId expected = g.call(mul, {g.call(softmax, {logits}, SoftmaxAttrs{1}), mass});
  grads[0] = g.call(mul, {g.call(sub, {expected, target}), rows});
  return grads;
}

OpCase case_cross_entropy(std::string name, Shape shape, double range, double smoothing) {
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, shape}, .lo = -range, .hi = range},
                     {.type = {DType::kF32, shape}, .lo = 0, .hi = 1}},
          .attrs = CrossEntropyAttrs{smoothing}};
}

std::vector<OpCase> cases_cross_entropy() {
  return {case_cross_entropy("plain", {3, 4}, 2, 0), case_cross_entropy("smoothed", {2, 5}, 2, 0.1),
          case_cross_entropy("two_classes", {4, 2}, 8, 0.2), case_cross_entropy("one_class", {2, 1}, 1, 0)};
}

}  // namespace

constinit const OpDef cross_entropy{
    .name = "cross_entropy",
    .summary = "per row -sum(target' * log_softmax(logits)), target' = target * (1 - s) + sum(target) * s / C",
    .inputs = {"logits", "target"},
    .outputs = {"loss"},
    .default_attrs = attrs_of<CrossEntropyAttrs>,
    .traits = kTrainOnly,
    .accuracy = Accuracy::kApproximate,
    .infer = infer_cross_entropy,
    .reference = eval_cross_entropy,
    .gradient = grad_cross_entropy,
    .cost = [](const OpCall& call, std::span<const TensorType>) { return Cost{.ops = call.shape(0).elements() * 6}; },
    .cases = cases_cross_entropy};

}  // namespace paw::op
