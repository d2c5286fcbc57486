#include "ops/avg_pool.h"
#include "ops/checks.h"
#include "ops/ops.h"

namespace paw::op {

namespace {

Result<Window> window_of(const OpCall& call) {
  const auto& attrs = call.as<PoolGradAttrs>();
  return resolve_pool(call, Shape(attrs.shape), attrs.pool);
}

Result<std::vector<TensorType>> infer_avg_pool_grad(const OpCall& call) {
  PAW_ASSIGN_OR_RETURN(const Window window, window_of(call));
  const Shape x(call.as<PoolGradAttrs>().shape);
  const Shape y = pooled_shape(x, window);
  const TensorType& dy = call.in(0);
  if (!is_float(dy.dtype) || dy.shape != y) {
    return call.error("expected dy as float " + y.text() + ", got " + dy.text());
  }
  return std::vector{TensorType{dy.dtype, x}};
}

void eval_avg_pool_grad(const EvalArgs& args) {
  const RefTensor& dy = *args.in[0];
  RefTensor& dx = args.out[0];
  const auto channels = static_cast<std::size_t>(dx.shape[3]);
  const Window window = *window_of(args.call);
  const std::vector<double> divisors = pool_divisors(window, args.call.as<PoolGradAttrs>().pool.count_padding);
  for_each_tap(window, dx.shape[0], [&](std::size_t out, std::size_t, std::size_t in) {
    const double share = 1.0 / divisors[out % divisors.size()];
    for (std::size_t c = 0; c < channels; ++c) dx.data[in * channels + c] += dy.data[out * channels + c] * share;
  });
}

// dx is linear in dy, and the transpose of this map is the pool itself.
std::vector<ValueId> grad_avg_pool_grad(GradContext& g) {
  return {g.call(avg_pool, {g.grad()}, g.attrs<PoolGradAttrs>().pool)};
}

Cost cost_avg_pool_grad(const OpCall& call, std::span<const TensorType>) {
  const auto& kernel = call.as<PoolGradAttrs>().pool.kernel;
  return {.ops = count_product({call.shape(0).elements(), kernel[0], kernel[1]})};
}

OpCase case_avg_pool_grad(std::string name, Shape dy, PoolAttrs pool, std::array<std::int64_t, 4> x) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, dy}}}, .attrs = PoolGradAttrs{pool, x}};
}

std::vector<OpCase> cases_avg_pool_grad() {
  const PoolAttrs same{.kernel = {3, 3}, .stride = {2, 2}, .padding = Padding::kSame};
  const PoolAttrs counted{
      .kernel = {3, 2}, .stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 2, 0, 1}, .count_padding = true};
  return {
      case_avg_pool_grad("halving", {1, 2, 3, 3}, {}, {1, 4, 6, 3}),
      case_avg_pool_grad("same_overlapping", {2, 3, 3, 2}, same, {2, 5, 6, 2}),
      case_avg_pool_grad("explicit_counted", {1, 3, 4, 2}, counted, {1, 5, 4, 2}),
      case_avg_pool_grad("whole_image", {2, 1, 1, 2}, {.kernel = {3, 4}, .stride = {1, 1}}, {2, 3, 4, 2}),
  };
}

}  // namespace

constinit const OpDef avg_pool_grad{
    .name = "avg_pool_grad",
    .summary = "gradient of avg_pool: dy / divisor goes to every pixel of its window; `shape` is that of x",
    .inputs = {"dy"},
    .outputs = {"dx"},
    .default_attrs = attrs_of<PoolGradAttrs>,
    .traits = kTrainOnly,
    .infer = infer_avg_pool_grad,
    .reference = eval_avg_pool_grad,
    .gradient = grad_avg_pool_grad,
    .cost = cost_avg_pool_grad,
    .cases = cases_avg_pool_grad};

}  // namespace paw::op
