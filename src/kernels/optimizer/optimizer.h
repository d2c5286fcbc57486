// One optimiser step on a parameter and its state, float32. Results may take the place of the parameter and the state
// that they are the next of. Work unit: kOptimizerUnit elements.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kOptimizerUnit = 4096;

// Trivially copyable: stored in plans.
struct SgdF32 {
  std::int64_t count = 1;
  float momentum = 0, weight_decay = 0;
  std::int32_t nesterov = 0;
  std::int32_t reserved = 0;
};

// In double, because 1 - beta loses digits in float.
struct AdamF32 {
  std::int64_t count = 1;
  double beta1 = 0, beta2 = 0;
  float epsilon = 0, weight_decay = 0;
  std::int32_t decoupled = 0;  // adamw: decay shrinks the parameter instead of joining the gradient
  std::int32_t reserved = 0;
};

constexpr std::int64_t optimizer_units(std::int64_t count) { return ceil_div(count, kOptimizerUnit); }

struct SgdOperands {
  const float *parameter, *velocity, *gradient, *lr;
  float *new_parameter, *new_velocity;
};
struct AdamOperands {
  const float *parameter, *mean, *square, *gradient, *lr, *step;  // mean and square: of the gradient; step from 1
  float *new_parameter, *new_mean, *new_square;
};

using SgdF32Fn = void (*)(const SgdF32& params, const SgdOperands& operands, Range units);
using AdamF32Fn = void (*)(const AdamF32& params, const AdamOperands& operands, Range units);

}  // namespace paw
