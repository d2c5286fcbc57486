#include "ops/elementwise.h"
#include "ops/reduction.h"

namespace paw::op {

namespace {

// How many elements of x go into one of y.
double count(const Shape& x, const Shape& y) {
  return static_cast<double>(x.elements()) / static_cast<double>(y.elements());
}

void eval_reduce_mean(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto index = reduction_index(x.shape, args.call.as<ReduceAttrs>());
  for (std::size_t i = 0; i < x.data.size(); ++i) y.data[index[i]] += x.data[i];
  for (double& v : y.data) v /= count(x.shape, y.shape);
}

std::vector<ValueId> grad_reduce_mean(GradContext& g) {
  const Shape x = g.type(g.in(0)).shape;
  const double share = 1.0 / count(x, g.type(g.out()).shape);
  const ValueId scaled = g.call(mul, {g.grad(), g.scalar(share, g.in(0))});
  return {expand_reduced(g, scaled, x, g.attrs<ReduceAttrs>())};
}

}  // namespace

constinit const OpDef reduce_mean{.name = "reduce_mean",
                                  .summary = "mean over axes, real numbers",
                                  .inputs = {"x"},
                                  .default_attrs = attrs_of<ReduceAttrs>,
                                  .infer = infer_reduction_real,
                                  .reference = eval_reduce_mean,
                                  .gradient = grad_reduce_mean,
                                  .cost = cost_reduction,
                                  .cases = reduction_cases};

}  // namespace paw::op
