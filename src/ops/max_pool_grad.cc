#include "ops/checks.h"
#include "ops/ops.h"
#include "ops/pool_common.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_max_pool_grad(const OpCall& call) {
  const TensorType& dy = call.in(0);
  const TensorType& x = call.in(1);
  const auto& attrs = call.as<PoolAttrs>();
  if (attrs.count_padding) return call.error("count_padding belongs to avg_pool: padding never wins");
  if (!x.is_real()) return call.error("expected x of real numbers, got " + x.text());
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(call, x.shape, attrs));
  const Shape y = pooled_shape(x.shape, window);
  if (!is_float(dy.dtype) || dy.shape != y) {
    return call.error("expected dy as float " + y.text() + ", got " + dy.text());
  }
  return std::vector{TensorType{dy.dtype, x.shape}};
}

// Among equal maxima the first in row-major order of the window wins.
void eval_max_pool_grad(const EvalArgs& args) {
  const RefTensor& dy = *args.in[0];
  const RefTensor& x = *args.in[1];
  const auto channels = static_cast<std::size_t>(x.shape[3]);
  const std::size_t none = x.data.size();
  std::vector<std::size_t> winner(dy.data.size(), none);  // index into x
  const Window window = *resolve_pool(args.call, x.shape, args.call.as<PoolAttrs>());
  for_each_tap(window, x.shape[0], [&](std::size_t out, std::size_t, std::size_t in) {
    for (std::size_t c = 0; c < channels; ++c) {
      std::size_t& best = winner[out * channels + c];
      const std::size_t here = in * channels + c;
      if (best == none || x.data[here] > x.data[best]) best = here;
    }
  });
  for (std::size_t i = 0; i < winner.size(); ++i) args.out[0].data[winner[i]] += dy.data[i];
}

// As many comparisons as the forward window has taps, and one addition per window.
Cost cost_max_pool_grad(const OpCall& call, std::span<const TensorType>) {
  const auto& kernel = call.as<PoolAttrs>().kernel;
  return {.ops = count_product({call.shape(0).elements(), kernel[0], kernel[1]})};
}

std::vector<OpCase> cases_max_pool_grad() {
  std::vector<OpCase> cases_max_pool_grad = pool_cases(false);
  const Shape dy[] = {{1, 2, 3, 3}, {2, 3, 3, 2}, {1, 3, 4, 2}, {1, 2, 3, 1}, {2, 1, 1, 2}};
  for (std::size_t i = 0; i < cases_max_pool_grad.size(); ++i) {
    cases_max_pool_grad[i].inputs.insert(cases_max_pool_grad[i].inputs.begin(), {.type = {DType::kF32, dy[i]}});
  }
  return cases_max_pool_grad;
}

}  // namespace

constinit const OpDef max_pool_grad{
    .name = "max_pool_grad",
    .summary = "gradient of max_pool: dy goes to the first maximum of its window, in row-major order",
    .inputs = {"dy", "x"},
    .outputs = {"dx"},
    .default_attrs = attrs_of<PoolAttrs>,
    .traits = kTrainOnly,
    .infer = infer_max_pool_grad,
    .reference = eval_max_pool_grad,
    .no_gradient =
        "a backward op: its gradient would gather dy at the positions of the maxima, and no such op is needed",
    .cost = cost_max_pool_grad,
    .cases = cases_max_pool_grad};

}  // namespace paw::op
