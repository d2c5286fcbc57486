#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/ops.h"
#include "ops/pool_common.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_max_pool(const OpCall& call) {
  if (call.as<PoolAttrs>().count_padding) return call.error("count_padding belongs to avg_pool: padding never wins");
  return infer_pool(call);
}

void eval_max_pool(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto channels = static_cast<std::size_t>(x.shape[3]);
  std::ranges::fill(y.data, -std::numeric_limits<double>::infinity());
  const Window window = *resolve_pool(args.call, x.shape, args.call.as<PoolAttrs>());
  for_each_tap(window, x.shape[0], [&](std::size_t out, std::size_t, std::size_t in) {
    for (std::size_t c = 0; c < channels; ++c) {
      double& best = y.data[out * channels + c];
      const double pixel = x.data[in * channels + c];
      if (std::isnan(pixel) || pixel > best) best = pixel;
    }
  });
}

std::vector<ValueId> grad_max_pool(GradContext& g) {
  return {g.call(max_pool_grad, {g.grad(), g.in(0)}, g.attrs<PoolAttrs>())};
}

}  // namespace

constinit const OpDef max_pool{.name = "max_pool",
                               .summary = "maximum of the window's pixels inside the image",
                               .inputs = {"x"},
                               .default_attrs = attrs_of<PoolAttrs>,
                               .traits = kSharesInputScale,
                               .accuracy = Accuracy::kExact,
                               .infer = infer_max_pool,
                               .reference = eval_max_pool,
                               .gradient = grad_max_pool,
                               .cost = pool_cost,
                               .cases = [] { return pool_cases(false); }};

}  // namespace paw::op
