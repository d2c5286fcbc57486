#include "ops/optimizers.h"

#include <cmath>

namespace paw {

Result<std::vector<TensorType>> infer_optimizer(const OpCall& call, std::size_t scalars_from) {
  const TensorType& parameter = call.in(0);
  if (!is_float(parameter.dtype)) return call.error("expected a parameter of a float type, got " + parameter.text());
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const TensorType expected = i < scalars_from ? parameter : TensorType{DType::kF32, {}};
    if (!(call.in(i) == expected)) {
      return call.error("expected " + std::string(call.op.inputs[i].name) + " as " + expected.text() + ", got " +
                        call.in(i).text());
    }
  }
  return std::vector<TensorType>(call.op.outputs.size(), parameter);
}

std::vector<OpCase> optimizer_cases(std::size_t states, const std::vector<double>& scalars, const Attrs& first,
                                    const Attrs& second) {
  std::vector<OpCase> cases;
  for (const Shape& shape : {Shape{4, 3}, Shape{2, 3, 1, 2}, Shape{5}, Shape{}}) {
    OpCase example{.name = "rank" + std::to_string(shape.rank()), .attrs = cases.size() % 2 == 0 ? first : second};
    example.inputs.assign(2, {.type = {DType::kF32, shape}});
    example.inputs.resize(2 + states, {.type = {DType::kF32, shape}, .lo = 0.1, .hi = 1});
    for (const double value : scalars) example.inputs.push_back({.type = {DType::kF32, {}}, .values = {value}});
    cases.push_back(std::move(example));
  }
  return cases;
}

Result<std::vector<TensorType>> infer_adam(const OpCall& call) {
  const auto& a = call.as<AdamAttrs>();
  if (!(a.beta1 >= 0 && a.beta1 < 1 && a.beta2 >= 0 && a.beta2 < 1)) {
    return call.error("expected beta1 and beta2 in [0, 1), got " + std::to_string(a.beta1) + " and " +
                      std::to_string(a.beta2));
  }
  if (!(a.epsilon > 0) || std::isinf(a.epsilon)) return call.error("expected a finite epsilon above 0");
  if (!(a.weight_decay >= 0) || std::isinf(a.weight_decay)) {
    return call.error("expected a finite weight_decay of at least 0");
  }
  return infer_optimizer(call, 4);
}

void eval_adam(const EvalArgs& args, bool decoupled) {
  const auto& a = args.call.as<AdamAttrs>();
  const double lr = args.in[4]->data[0], step = args.in[5]->data[0];
  const double correction1 = 1 - std::pow(a.beta1, step), correction2 = 1 - std::pow(a.beta2, step);
  for (std::size_t i = 0; i < args.in[0]->data.size(); ++i) {
    const double parameter = args.in[0]->data[i];
    const double decay = a.weight_decay * parameter;
    const double g = args.in[1]->data[i] + (decoupled ? 0 : decay);
    const double m = a.beta1 * args.in[2]->data[i] + (1 - a.beta1) * g;
    const double v = a.beta2 * args.in[3]->data[i] + (1 - a.beta2) * g * g;
    const double update = m / correction1 / (std::sqrt(v / correction2) + a.epsilon) + (decoupled ? decay : 0);
    args.out[0].data[i] = parameter - lr * update;
    args.out[1].data[i] = m;
    args.out[2].data[i] = v;
  }
}

std::vector<OpCase> adam_cases() {
  return optimizer_cases(2, {0.01, 3}, AdamAttrs{},
                         AdamAttrs{.beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-6, .weight_decay = 0.1});
}

}  // namespace paw
