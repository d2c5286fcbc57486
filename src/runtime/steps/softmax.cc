#include "runtime/steps.h"
#include "runtime/steps/lines_check.h"

namespace paw::step {

namespace {

const char* check_softmax(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const SoftmaxF32*>(raw);
  return check_lines(p.outer, p.axis, p.inner, p.axis, operands);
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

}  // namespace paw::step
