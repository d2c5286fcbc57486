#include "ops/batch_norm.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

// dx = scale r dy.
void eval_batch_norm_grad(const EvalArgs& args) {
  const std::vector<double>& dy = args.in[0]->data;
  const std::vector<double>& scale = args.in[2]->data;
  const NormSums sums = norm_sums(args);
  for (std::size_t i = 0; i < dy.size(); ++i) {
    const std::size_t c = i % scale.size();
    args.out[0].data[i] = scale[c] * sums.r[c] * dy[i];
  }
}

}  // namespace

constinit const OpDef batch_norm_grad{
    .name = "batch_norm_grad",
    .summary = "gradient of batch_norm by x, scale and offset, from the mean and variance that it was given",
    .inputs = {"dy", "x", "scale", "mean", "variance"},
    .outputs = {"dx", "dscale", "doffset"},
    .default_attrs = attrs_of<BatchNormAttrs>,
    .traits = kTrainOnly,
    .infer = infer_norm_grad,
    .reference = eval_batch_norm_grad,
    .no_gradient = "a backward op: nothing differentiates a training step twice",
    .cost = cost_per_element<6>,
    .cases = norm_grad_cases};

}  // namespace paw::op
