#include "runtime/steps.h"

namespace paw::step {

namespace {

constexpr std::int64_t kMaxFloats = std::int64_t{1} << 30;  // more than any buffer holds

const char* check_dropout(const void* raw, const StepOperands& o) {
  const auto& p = *static_cast<const DropoutF32*>(raw);
  if (p.count < 1 || p.count > kMaxFloats) return "the count is out of range";
  if (!(p.rate >= 0 && p.rate < 1)) return "the rate is out of range";
  const auto floats = static_cast<std::uint64_t>(p.count);
  if (o.in[0] / sizeof(float) < floats) return "the input is too small";
  if (o.in[1] < 2 * sizeof(std::int64_t)) return "the seed is too small";
  return o.out[0] / sizeof(float) < floats ? "the output is too small" : nullptr;
}

}  // namespace

constinit const StepDef dropout_f32{
    .name = "dropout_f32",
    .params_bytes = sizeof(DropoutF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_dropout,
    .units = [](const void* p) { return dropout_units(*static_cast<const DropoutF32*>(p)); },
    .run =
        [](const StepRun& r) {
          paw::dropout_f32(r.as<DropoutF32>(), r.input<float>(0), r.input<std::int64_t>(1), r.output<float>(0),
                           r.units);
        },
    .in_place = [](const void*) { return std::uint32_t{1}; }};

}  // namespace paw::step
