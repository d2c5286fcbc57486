#include <cmath>

#include "ops/batch_norm.h"
#include "ops/checks.h"
#include "ops/elementwise.h"

namespace paw {

Status check_channels(const OpCall& call, std::size_t first) {
  const double epsilon = call.as<BatchNormAttrs>().epsilon;
  if (!(epsilon >= 0) || std::isinf(epsilon)) {
    return call.error("expected a finite epsilon of at least 0, got " + std::to_string(epsilon));
  }
  PAW_RETURN_IF_ERROR(check_real_operands(call));
  const TensorType& x = call.in(first - 1);
  if (x.shape.rank() < 1) return call.error("expected x as [...,C], got " + x.text());
  const Shape channels{x.shape.back()};
  for (std::size_t i = first; i < call.inputs.size(); ++i) {
    if (call.shape(i) != channels) {
      return call.error("expected " + std::string(call.op.inputs[i].name) + " as " + channels.text() + ", got " +
                        call.in(i).text());
    }
  }
  return {};
}

namespace op {

namespace {

Result<std::vector<TensorType>> infer_batch_norm(const OpCall& call) {
  PAW_RETURN_IF_ERROR(check_channels(call, 1));
  return std::vector{TensorType{call.in(0).dtype, call.shape(0)}};
}

void eval_batch_norm(const EvalArgs& args) {
  const double epsilon = args.call.as<BatchNormAttrs>().epsilon;
  const std::vector<double>& x = args.in[0]->data;
  const std::size_t channels = args.in[1]->data.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % channels;
    const auto parameter = [&](std::size_t input) { return args.in[input]->data[c]; };
    args.out[0].data[i] = (x[i] - parameter(3)) / std::sqrt(parameter(4) + epsilon) * parameter(1) + parameter(2);
  }
}

// By x, scale and offset: batch_norm_grad. With r = 1 / sqrt(variance + epsilon) and what that gives:
//   dmean = -scale r sum dy = -scale r doffset      dvariance = -1/2 scale r^3 sum dy (x - mean) = -1/2 scale r^2
//   dscale
std::vector<ValueId> grad_batch_norm(GradContext& g) {
  const ValueId scale = g.in(1), variance = g.in(4);
  const ValueId operands[] = {g.grad(), g.in(0), scale, g.in(3), variance};
  std::vector<ValueId> grads = g.builder().call_all(batch_norm_grad, operands, g.attrs<BatchNormAttrs>());
  grads.resize(5);
  if (!g.wants(3) && !g.wants(4)) return grads;
  const ValueId shifted = g.call(add, {variance, g.scalar(g.attrs<BatchNormAttrs>().epsilon, variance)});
  const ValueId r = g.call(rsqrt, {shifted});
  const ValueId gain = g.call(mul, {scale, r});
  if (g.wants(3)) grads[3] = g.call(neg, {g.call(mul, {grads[2], gain})});
  if (g.wants(4)) {
    grads[4] = g.call(mul, {g.call(mul, {grads[1], g.call(mul, {gain, r})}), g.scalar(-0.5, g.grad())});
  }
  return grads;
}

OpCase case_batch_norm(std::string name, Shape x, BatchNormAttrs attrs) {
  const TensorType channels{DType::kF32, Shape{x.back()}};
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}},
                     {.type = channels, .lo = 0.5, .hi = 2},
                     {.type = channels},
                     {.type = channels},
                     {.type = channels, .lo = 0.2, .hi = 2}},
          .attrs = attrs};
}

std::vector<OpCase> cases_batch_norm() {
  return {case_batch_norm("image", {2, 3, 2, 4}, {}), case_batch_norm("features", {5, 3}, {.epsilon = 1e-5}),
          case_batch_norm("vector", Shape{6}, {.epsilon = 0}),
          case_batch_norm("one_channel", {1, 4, 4, 1}, {.epsilon = 0.1})};
}

}  // namespace

constinit const OpDef batch_norm{.name = "batch_norm",
                                 .summary = "(x - mean) / sqrt(variance + epsilon) * scale + offset over the last axis",
                                 .inputs = {"x", "scale", "offset", "mean", "variance"},
                                 .default_attrs = attrs_of<BatchNormAttrs>,
                                 .infer = infer_batch_norm,
                                 .reference = eval_batch_norm,
                                 .gradient = grad_batch_norm,
                                 .cost = cost_per_element<2>,
                                 .cases = cases_batch_norm};

}  // namespace op

}  // namespace paw
