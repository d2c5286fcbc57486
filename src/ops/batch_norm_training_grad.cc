#include <cmath>

#include "ops/batch_norm.h"
#include "ops/elementwise.h"

namespace paw {

Result<std::vector<TensorType>> infer_norm_grad(const OpCall& call) {
  PAW_RETURN_IF_ERROR(check_channels(call, 2));
  const TensorType& dy = call.in(0);
  const TensorType& x = call.in(1);
  if (dy.shape != x.shape) return call.error("expected dy of x's shape, got " + dy.text() + " for " + x.text());
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!is_float(call.in(i).dtype)) return call.error("expected a float type, got " + call.in(i).text());
  }
  const TensorType channels{x.dtype, Shape{x.shape.back()}};
  return std::vector{TensorType{x.dtype, x.shape}, channels, channels};
}

NormSums norm_sums(const EvalArgs& args) {
  const std::vector<double>& dy = args.in[0]->data;
  const std::vector<double>& x = args.in[1]->data;
  const std::vector<double>& mean = args.in[3]->data;
  NormSums sums{std::vector<double>(mean.size()), args.out[1].data, args.out[2].data};
  for (std::size_t c = 0; c < mean.size(); ++c) {
    sums.r[c] = 1.0 / std::sqrt(args.in[4]->data[c] + args.call.as<BatchNormAttrs>().epsilon);
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % mean.size();
    sums.doffset[c] += dy[i];
    sums.dscale[c] += dy[i] * (x[i] - mean[c]) * sums.r[c];
  }
  return sums;
}

std::vector<OpCase> norm_grad_cases() {
  const auto make = [](std::string name, const Shape& x, BatchNormAttrs attrs) {
    const TensorType channels{DType::kF32, Shape{x.back()}};
    return OpCase{.name = std::move(name),
                  .inputs = {{.type = {DType::kF32, x}},
                             {.type = {DType::kF32, x}},
                             {.type = channels, .lo = 0.5, .hi = 2},
                             {.type = channels},
                             {.type = channels, .lo = 0.2, .hi = 2}},
                  .attrs = attrs};
  };
  return {make("image", {2, 3, 2, 4}, {}), make("features", {5, 3}, {.epsilon = 1e-5}),
          make("one_channel", {1, 4, 4, 1}, {.epsilon = 0.1})};
}

namespace op {

namespace {

// Ioffe & Szegedy 2015, section 3, with the mean and variance of x over its n pixels, and u = (x - mean) r:
//   dx = scale r (dy - doffset / n - u dscale / n)
void eval_batch_norm_training_grad(const EvalArgs& args) {
  const std::vector<double>& dy = args.in[0]->data;
  const std::vector<double>& x = args.in[1]->data;
  const std::vector<double>& scale = args.in[2]->data;
  const std::vector<double>& mean = args.in[3]->data;
  const NormSums sums = norm_sums(args);
  const double share = static_cast<double>(scale.size()) / static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % scale.size();
    const double u = (x[i] - mean[c]) * sums.r[c];
    args.out[0].data[i] = scale[c] * sums.r[c] * (dy[i] - (sums.doffset[c] + u * sums.dscale[c]) * share);
  }
}

}  // namespace

constinit const OpDef batch_norm_training_grad{
    .name = "batch_norm_training_grad",
    .summary = "gradient of batch_norm_training through y, from the batch's mean and variance",
    .inputs = {"dy", "x", "scale", "mean", "variance"},
    .outputs = {"dx", "dscale", "doffset"},
    .default_attrs = attrs_of<BatchNormAttrs>,
    .traits = kTrainOnly,
    .infer = infer_norm_grad,
    .reference = eval_batch_norm_training_grad,
    .no_gradient = "a backward op: nothing differentiates a training step twice",
    .cost = cost_per_element<9>,
    .cases = norm_grad_cases};

}  // namespace op

}  // namespace paw
