// What the optimiser steps share: parameter, gradient and state of one shape and float type, and scalar inputs.
#pragma once

#include "ir/op_def.h"
#include "ops/training.h"

namespace paw {

// Inputs before `scalars_from` must agree in shape and float type; those from it on must be f32[]. Every output is like
// the parameter (input 0).
Result<std::vector<TensorType>> infer_optimizer(const OpCall& call, std::size_t scalars_from);
// Inputs param, grad, `states` of the same shape (random in [0.1, 1): second moments are positive), then scalars.
std::vector<OpCase> optimizer_cases(std::size_t states, const std::vector<double>& scalars, const Attrs& first,
                                    const Attrs& second);

// adam and adamw. decoupled: weight decay shrinks the parameter instead of joining the gradient.
Result<std::vector<TensorType>> infer_adam(const OpCall& call);
void eval_adam(const EvalArgs& args, bool decoupled);
std::vector<OpCase> adam_cases();

inline constexpr std::string_view kNoOptimizerGradient = "an optimiser step ends the training graph";

}  // namespace paw
