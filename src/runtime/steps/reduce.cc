#include "runtime/steps.h"
#include "runtime/steps/lines_check.h"

namespace paw::step {

namespace {

const char* check_reduce(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ReduceF32*>(raw);
  const auto op = static_cast<std::int32_t>(p.op);
  if (op < 0 || op >= kReduceOps) return "an unknown reduction";
  return check_lines(p.outer, p.reduce, p.inner, 1, operands);
}

}  // namespace

constinit const StepDef reduce_f32{
    .name = "reduce_f32",
    .params_bytes = sizeof(ReduceF32),
    .check = check_reduce,
    .units = [](const void* p) { return reduce_units(*static_cast<const ReduceF32*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.reduce_f32(r.as<ReduceF32>(), r.input<float>(0), r.output<float>(0), r.units);
        }};

}  // namespace paw::step
