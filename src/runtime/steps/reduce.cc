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

// dy and y as large as the result of the maximum, x as large as dx.
const char* check_max_grad(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ReduceF32*>(raw);
  const std::uint64_t x[] = {operands.in[1]};
  for (const std::size_t result : {std::size_t{0}, std::size_t{2}}) {
    const std::uint64_t y[] = {operands.in[result]};
    if (const char* problem = check_lines(p.outer, p.reduce, p.inner, 1, {x, y})) return problem;
  }
  return check_lines(p.outer, p.reduce, p.inner, p.reduce, {x, operands.out});
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

constinit const StepDef reduce_max_grad_f32{
    .name = "reduce_max_grad_f32",
    .params_bytes = sizeof(ReduceF32),
    .min_inputs = 3,
    .max_inputs = 3,
    .check = check_max_grad,
    .units = [](const void* p) { return reduce_max_grad_units(*static_cast<const ReduceF32*>(p)); },
    .run =
        [](const StepRun& r) {
          paw::reduce_max_grad_f32(r.as<ReduceF32>(), r.input<float>(0), r.input<float>(1), r.input<float>(2),
                                   r.output<float>(0), r.units);
        }};

}  // namespace paw::step
