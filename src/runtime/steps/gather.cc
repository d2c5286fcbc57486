#include "runtime/steps.h"

namespace paw::step {

namespace {

constexpr std::int64_t kMaxGathered = std::int64_t{1} << 30;  // more than any buffer holds

// Of `floats` elements each: what the indices read, and what comes out.
const char* check_gather(const GatherF32& p, const StepOperands& o, std::int64_t in_floats, std::int64_t out_floats) {
  if (p.count < 1 || p.count > kMaxGathered) return "the count is out of range";
  if (p.size < 1 || p.size > kMaxGathered) return "the size of the table is out of range";
  if (o.in[0] / sizeof(float) < static_cast<std::uint64_t>(in_floats)) return "the input is too small";
  if (o.in[1] / sizeof(std::int32_t) < static_cast<std::uint64_t>(p.count)) return "the indices are too few";
  return o.out[0] / sizeof(float) < static_cast<std::uint64_t>(out_floats) ? "the output is too small" : nullptr;
}

// One of the two; they differ in which of its operands has an element for each index.
template <auto kUnits, auto kKernel, bool kScatters>
constexpr StepDef indexed(const char* name) {
  return {.name = name,
          .params_bytes = sizeof(GatherF32),
          .min_inputs = 2,
          .max_inputs = 2,
          .check =
              [](const void* raw, const StepOperands& o) {
                const auto& p = *static_cast<const GatherF32*>(raw);
                return kScatters ? check_gather(p, o, p.count, p.size) : check_gather(p, o, p.size, p.count);
              },
          .units = [](const void* p) { return kUnits(*static_cast<const GatherF32*>(p)); },
          .run =
              [](const StepRun& r) {
                kKernel(r.as<GatherF32>(), r.input<float>(0), r.input<std::int32_t>(1), r.output<float>(0), r.units);
              }};
}

}  // namespace

constinit const StepDef gather_f32 = indexed<gather_units, paw::gather_f32, false>("gather_f32");
constinit const StepDef scatter_add_f32 = indexed<scatter_add_units, paw::scatter_add_f32, true>("scatter_add_f32");

}  // namespace paw::step
