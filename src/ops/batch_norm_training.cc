#include <cmath>

#include "ops/batch_norm.h"
#include "ops/elementwise.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_batch_norm_training(const OpCall& call) {
  PAW_RETURN_IF_ERROR(check_channels(call, 1));
  const TensorType& x = call.in(0);
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!is_float(call.in(i).dtype)) return call.error("expected a float type, got " + call.in(i).text());
  }
  const TensorType channels{x.dtype, Shape{x.shape.back()}};
  return std::vector{TensorType{x.dtype, x.shape}, channels, channels};
}

// Two passes, so that a large mean does not cancel the variance.
void eval_batch_norm_training(const EvalArgs& args) {
  const std::vector<double>& x = args.in[0]->data;
  const std::vector<double>& scale = args.in[1]->data;
  const std::vector<double>& offset = args.in[2]->data;
  std::vector<double>& mean = args.out[1].data;
  std::vector<double>& variance = args.out[2].data;
  const std::size_t channels = scale.size();
  const double share = static_cast<double>(channels) / static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % channels] += x[i] * share;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double centred = x[i] - mean[i % channels];
    variance[i % channels] += centred * centred * share;
  }
  const double epsilon = args.call.as<BatchNormAttrs>().epsilon;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % channels;
    args.out[0].data[i] = (x[i] - mean[c]) / std::sqrt(variance[c] + epsilon) * scale[c] + offset[c];
  }
}

// What reaches x through the statistics as outputs of their own, over n pixels: dmean / n + dvariance 2 (x - mean) / n.
ValueId statistics_grad(GradContext& g, double pixels) {
  const ValueId x = g.in(0);
  ValueId total;
  if (g.grad(2).valid()) {
    const ValueId factor = g.call(mul, {g.grad(2), g.scalar(2.0 / pixels, x)});
    total = g.call(mul, {g.call(sub, {x, g.out(1)}), factor});
  }
  if (g.grad(1).valid()) {
    const ValueId factor = g.call(mul, {g.grad(1), g.scalar(1.0 / pixels, x)});
    const Shape shape = g.type(x).shape;
    const auto extents = shape.extents();
    total = total.valid() ? g.call(add, {total, factor})
                          : g.call(broadcast_to, {factor}, ShapeAttrs{{extents.begin(), extents.end()}});
  }
  return total;
}

std::vector<ValueId> grad_batch_norm_training(GradContext& g) {
  std::vector<ValueId> grads(3);
  if (g.grad(0).valid()) {
    const ValueId operands[] = {g.grad(0), g.in(0), g.in(1), g.out(1), g.out(2)};
    grads = g.builder().call_all(batch_norm_training_grad, operands, g.attrs<BatchNormAttrs>());
  }
  const Shape x = g.type(g.in(0)).shape;
  const ValueId through = statistics_grad(g, static_cast<double>(x.elements()) / static_cast<double>(x.back()));
  if (through.valid()) grads[0] = grads[0].valid() ? g.call(add, {grads[0], through}) : through;
  return grads;
}

OpCase case_batch_norm_training(std::string name, Shape x, BatchNormAttrs attrs) {
  const TensorType channels{DType::kF32, Shape{x.back()}};
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}}, {.type = channels, .lo = 0.5, .hi = 2}, {.type = channels}},
          .attrs = attrs};
}

std::vector<OpCase> cases_batch_norm_training() {
  return {case_batch_norm_training("image", {2, 3, 2, 4}, {}),
          case_batch_norm_training("features", {5, 3}, {.epsilon = 1e-5}),
          case_batch_norm_training("one_channel", {1, 4, 4, 1}, {.epsilon = 0.1})};
}

}  // namespace

constinit const OpDef batch_norm_training{
    .name = "batch_norm_training",
    .summary = "batch_norm by the batch's own mean and biased variance over all axes but the last; gives both",
    .inputs = {"x", "scale", "offset"},
    .outputs = {"y", "mean", "variance"},
    .default_attrs = attrs_of<BatchNormAttrs>,
    .traits = kTrainOnly,
    .infer = infer_batch_norm_training,
    .reference = eval_batch_norm_training,
    .gradient = grad_batch_norm_training,
    .cost = cost_per_element<6>,
    .cases = cases_batch_norm_training};

}  // namespace paw::op
