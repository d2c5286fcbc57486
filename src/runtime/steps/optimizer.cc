// The optimiser steps. Operands: parameter and state first, each the place of the result of the same number; then the
// gradient and the scalars.
#include "runtime/steps.h"

namespace paw::step {

namespace {

constexpr std::int64_t kMaxFloats = std::int64_t{1} << 30;  // more than any buffer holds

// `results` results; as many inputs and the gradient of `count` floats, then scalars.
const char* check_sizes(std::int64_t count, std::size_t results, const StepOperands& o) {
  if (count < 1 || count > kMaxFloats) return "the count is out of range";
  const auto floats = static_cast<std::uint64_t>(count);
  for (std::size_t i = 0; i < o.in.size(); ++i) {
    if (o.in[i] / sizeof(float) < (i <= results ? floats : 1)) return "an input is too small";
  }
  for (const std::uint64_t bytes : o.out) {
    if (bytes / sizeof(float) < floats) return "an output is too small";
  }
  return nullptr;
}

}  // namespace

constinit const StepDef sgd_f32{
    .name = "sgd_f32",
    .params_bytes = sizeof(SgdF32),
    .min_inputs = 4,
    .max_inputs = 4,
    .outputs = 2,
    .check = [](const void* p,
                const StepOperands& o) { return check_sizes(static_cast<const SgdF32*>(p)->count, 2, o); },
    .units = [](const void* p) { return optimizer_units(static_cast<const SgdF32*>(p)->count); },
    .run =
        [](const StepRun& r) {
          r.kernels.sgd_f32(r.as<SgdF32>(),
                            {r.input<float>(0), r.input<float>(1), r.input<float>(2), r.input<float>(3),
                             r.output<float>(0), r.output<float>(1)},
                            r.units);
        },
    .paired = 2};

constinit const StepDef adam_f32{
    .name = "adam_f32",
    .params_bytes = sizeof(AdamF32),
    .min_inputs = 6,
    .max_inputs = 6,
    .outputs = 3,
    .check = [](const void* p,
                const StepOperands& o) { return check_sizes(static_cast<const AdamF32*>(p)->count, 3, o); },
    .units = [](const void* p) { return optimizer_units(static_cast<const AdamF32*>(p)->count); },
    .run =
        [](const StepRun& r) {
          r.kernels.adam_f32(
              r.as<AdamF32>(),
              {r.input<float>(0), r.input<float>(1), r.input<float>(2), r.input<float>(3), r.input<float>(4),
               r.input<float>(5), r.output<float>(0), r.output<float>(1), r.output<float>(2)},
              r.units);
        },
    .paired = 3};

}  // namespace paw::step
