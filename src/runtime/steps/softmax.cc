#include "runtime/steps.h"
#include "runtime/steps/lines_check.h"

namespace paw::step {

namespace {

const char* check_softmax(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const SoftmaxF32*>(raw);
  return check_lines(p.outer, p.axis, p.inner, p.axis, operands);
}

const char* check_cross_entropy(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const CrossEntropyF32*>(raw);
  if (!(p.smoothing >= 0 && p.smoothing < 1)) return "the smoothing is out of range";
  const std::uint64_t target[] = {operands.in[1]};
  if (const char* problem = check_lines(p.rows, p.classes, 1, 1, {target, operands.out})) return problem;
  return check_lines(p.rows, p.classes, 1, 1, operands);
}

}  // namespace

constinit const StepDef softmax_f32{
    .name = "softmax_f32",
    .params_bytes = sizeof(SoftmaxF32),
    .check = check_softmax,
    .units = [](const void* p) { return softmax_units(*static_cast<const SoftmaxF32*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.softmax_f32(r.as<SoftmaxF32>(), r.input<float>(0), r.output<float>(0), r.units);
        },
    .in_place = [](const void*) { return std::uint32_t{1}; }};

constinit const StepDef cross_entropy_f32{
    .name = "cross_entropy_f32",
    .params_bytes = sizeof(CrossEntropyF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_cross_entropy,
    .units = [](const void* p) { return static_cast<const CrossEntropyF32*>(p)->rows; },
    .run =
        [](const StepRun& r) {
          paw::cross_entropy_f32(r.as<CrossEntropyF32>(), r.input<float>(0), r.input<float>(1), r.output<float>(0),
                                 r.units);
        }};

}  // namespace paw::step
