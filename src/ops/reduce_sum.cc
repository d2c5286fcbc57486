#include "ops/elementwise.h"
#include "ops/reduction.h"

namespace paw::op {

namespace {

void eval_reduce_sum(const EvalArgs& args) {
  const RefTensor& x = *args.in[0];
  const auto index = reduction_index(x.shape, args.call.as<ReduceAttrs>());
  for (std::size_t i = 0; i < x.data.size(); ++i) args.out[0].data[index[i]] += x.data[i];
}

std::vector<ValueId> grad_reduce_sum(GradContext& g) {
  return {expand_reduced(g, g.grad(), g.type(g.in(0)).shape, g.attrs<ReduceAttrs>())};
}

}  // namespace

constinit const OpDef reduce_sum{.name = "reduce_sum",
                                 .summary = "sum over axes",
                                 .inputs = {"x"},
                                 .default_attrs = attrs_of<ReduceAttrs>,
                                 .infer = infer_reduction,
                                 .reference = eval_reduce_sum,
                                 .gradient = grad_reduce_sum,
                                 .cost = cost_reduction,
                                 .cases = reduction_cases};

}  // namespace paw::op
