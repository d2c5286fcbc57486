#include "ops/avg_pool.h"

#include "ops/ops.h"

namespace paw {

std::vector<double> pool_divisors(const Window& w, bool count_padding) {
  std::vector<double> divisors;
  for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
    const TapRange rows = count_padding ? TapRange{0, w.kernel[0]} : taps_inside(w, 0, oy);
    for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
      const TapRange columns = count_padding ? TapRange{0, w.kernel[1]} : taps_inside(w, 1, ox);
      divisors.push_back(static_cast<double>(rows.last - rows.first) *
                         static_cast<double>(columns.last - columns.first));
    }
  }
  return divisors;
}

namespace op {

namespace {

void eval_avg_pool(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto& attrs = args.call.as<PoolAttrs>();
  const auto channels = static_cast<std::size_t>(x.shape[3]);
  const Window window = *resolve_pool(args.call, x.shape, attrs);
  const std::vector<double> divisors = pool_divisors(window, attrs.count_padding);
  for_each_tap(window, x.shape[0], [&](std::size_t out, std::size_t, std::size_t in) {
    for (std::size_t c = 0; c < channels; ++c) y.data[out * channels + c] += x.data[in * channels + c];
  });
  for (std::size_t i = 0; i < y.data.size(); ++i) y.data[i] /= divisors[i / channels % divisors.size()];
}

std::vector<ValueId> grad_avg_pool(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  return {g.call(avg_pool_grad, {g.grad()}, PoolGradAttrs{g.attrs<PoolAttrs>(), {x[0], x[1], x[2], x[3]}})};
}

}  // namespace

constinit const OpDef avg_pool{
    .name = "avg_pool",
    .summary = "mean of the window's pixels inside the image; count_padding: sum / size of the whole window",
    .inputs = {"x"},
    .default_attrs = attrs_of<PoolAttrs>,
    .traits = kSharesInputScale,
    .infer = infer_pool,
    .reference = eval_avg_pool,
    .gradient = grad_avg_pool,
    .cost = pool_cost,
    .cases = [] { return pool_cases(true); }};

}  // namespace op

}  // namespace paw
