#include <cmath>
#include <numbers>

#include "ops/activation.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

// Hendrycks and Gimpel 2016: x Phi(x), and its tanh form with these constants.
constexpr double kCubic = 0.044715;
constexpr double kInner = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;  // sqrt(2 / pi)
constexpr double kHalfRoot = std::numbers::sqrt2 / 2;
constexpr double kBell = std::numbers::inv_sqrtpi * kHalfRoot;  // 1 / sqrt(2 pi)

void eval_gelu(const EvalArgs& args) {
  if (args.call.as<GeluAttrs>().approximate) {
    eval_unary(args, [](double x) { return 0.5 * x * (1.0 + std::tanh(kInner * (x + kCubic * x * x * x))); });
  } else {
    eval_unary(args, [](double x) { return 0.5 * x * (1.0 + std::erf(x * kHalfRoot)); });
  }
}

// Slope Phi(x) + x phi(x), phi the normal density.
ValueId exact_slope(GradContext& g, ValueId x) {
  const ValueId phi = g.call(exp, {g.call(mul, {g.call(square, {x}), g.scalar(-0.5, x)})});
  const ValueId density = g.call(mul, {g.call(mul, {x, phi}), g.scalar(kBell, x)});
  const ValueId twice_cdf = g.call(add, {g.call(erf, {g.call(mul, {x, g.scalar(kHalfRoot, x)})}), g.scalar(1, x)});
  return g.call(add, {g.call(mul, {twice_cdf, g.scalar(0.5, x)}), density});
}

// With t = tanh(u), u = kInner (x + kCubic x^3): slope (1 + t) / 2 + x / 2 (1 - t^2) u'.
ValueId tanh_slope(GradContext& g, ValueId x) {
  const ValueId one = g.scalar(1, x);
  const ValueId half = g.scalar(0.5, x);
  const ValueId x2 = g.call(square, {x});
  const ValueId inner = g.call(mul, {x, g.call(add, {one, g.call(mul, {x2, g.scalar(kCubic, x)})})});
  const ValueId t = g.call(tanh, {g.call(mul, {inner, g.scalar(kInner, x)})});
  const ValueId slope_of_u = g.call(add, {g.call(mul, {x2, g.scalar(3 * kCubic * kInner, x)}), g.scalar(kInner, x)});
  const ValueId steep = g.call(mul, {g.call(mul, {x, slope_of_u}), g.call(sub, {one, g.call(square, {t})})});
  return g.call(mul, {half, g.call(add, {g.call(add, {one, t}), steep})});
}

std::vector<ValueId> grad_gelu(GradContext& g) {
  const bool approximate = g.attrs<GeluAttrs>().approximate;
  return {g.call(mul, {g.grad(), approximate ? tanh_slope(g, g.in(0)) : exact_slope(g, g.in(0))})};
}

std::vector<OpCase> cases_gelu() {
  std::vector<OpCase> all = unary_cases(-4, 4, GeluAttrs{});
  for (OpCase c : unary_cases(-4, 4, GeluAttrs{true})) {
    c.name += "_tanh";
    all.push_back(std::move(c));
  }
  return all;
}

}  // namespace

constinit const OpDef gelu{.name = "gelu",
                           .summary = "x * (1 + erf(x / sqrt(2))) / 2, or its tanh form",
                           .inputs = {"x"},
                           .default_attrs = attrs_of<GeluAttrs>,
                           .traits = kElementwise,
                           .accuracy = Accuracy::kApproximate,
                           .infer = infer_unary,
                           .reference = eval_gelu,
                           .gradient = grad_gelu,
                           .cost = cost_per_element<8>,
                           .cases = cases_gelu};

}  // namespace paw::op
