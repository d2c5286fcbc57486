// Elementwise steps on 8-bit elements, and conversions from and to float32.
#include "runtime/steps.h"
#include "runtime/steps/quant_check.h"

namespace paw::step {

namespace {

// Elements that an operand must have; more than any buffer holds when a stride is impossible. Extents are checked.
std::uint64_t operand_elements(const BinaryF32& p, const std::int64_t (&strides)[kBinaryAxes]) {
  std::uint64_t last = 0;
  for (int axis = 0; axis < kBinaryAxes; ++axis) {
    if (strides[axis] < 0 || static_cast<std::uint64_t>(strides[axis]) > kMostElements) return 8 * kMostElements;
    last += static_cast<std::uint64_t>(p.extents[axis] - 1) * static_cast<std::uint64_t>(strides[axis]);
  }
  return last >= kMostElements ? 8 * kMostElements : last + 1;
}

const char* check_numbers(const BinaryI8& p) {
  const auto op = static_cast<std::int32_t>(p.op);
  if (op < 0 || op >= kBinaryI8Ops) return "an unknown function";
  if (const char* problem = check_quantised(p.y, p.way)) return problem;
  if (const char* problem = check_zero_point(p.is_signed, p.a_zero)) return problem;
  if (const char* problem = check_zero_point(p.is_signed, p.b_zero)) return problem;
  for (const std::int32_t shift : {p.shift, p.a_shift, p.b_shift}) {
    if (shift < 0 || shift > 31) return "a shift is out of range";
  }
  if (p.b_multiplier < -INT32_MAX || p.y_shift < -31 || p.y_shift > 31) return "a scale is out of range";
  return nullptr;
}

const char* check_binary(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const BinaryI8*>(raw);
  const BinaryF32& g = p.grid;
  std::int64_t count = 1;
  for (const std::int64_t extent : g.extents) {
    if (extent < 1 || extent > static_cast<std::int64_t>(kMostElements) / count) return "an extent is out of range";
    count *= extent;
  }
  if (!is_run(count, g.unit)) return "the unit is out of range";
  if (const char* problem = check_numbers(p)) return problem;
  // The kernel reads whole vectors along the last axis.
  if (g.a[kBinaryAxes - 1] > 1 || g.b[kBinaryAxes - 1] > 1) return "the last axis is not contiguous";
  return check_bytes(operands, {operand_elements(g, g.a), operand_elements(g, g.b)}, static_cast<std::uint64_t>(count));
}

std::uint32_t in_step_inputs(const void* raw) {
  const BinaryF32& p = static_cast<const BinaryI8*>(raw)->grid;
  return (in_step(p, p.a) ? 1u : 0u) | (in_step(p, p.b) ? 2u : 0u);
}

bool set_binary_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  if (unit < 1 || unit > kMostUnit || (in_step & ~in_step_inputs(raw)) != 0) return false;
  static_cast<BinaryI8*>(raw)->grid.unit = unit;
  return true;
}

// Steps of one run of elements.
template <class P>
bool set_run_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  if (unit < 1 || unit > kMostUnit || in_step != 1) return false;
  static_cast<P*>(raw)->unit = unit;
  return true;
}
template <class P>
std::int64_t run_unit(const void* raw) {
  return static_cast<const P*>(raw)->unit;
}

const char* check_lookup(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const LookupI8*>(raw);
  if (!is_run(p.count, p.unit)) return "the count is out of range";
  const auto count = static_cast<std::uint64_t>(p.count);
  return check_bytes(operands, {count, 256}, count);
}

const char* check_quantise(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const QuantiseI8*>(raw);
  if (!is_run(p.count, p.unit)) return "the count is out of range";
  if (const char* problem = check_quantised(p.y, p.way)) return problem;
  const auto count = static_cast<std::uint64_t>(p.count);
  return check_bytes(operands, {count * sizeof(float)}, count);
}

const char* check_dequantise(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const DequantiseI8*>(raw);
  if (!is_run(p.count, p.unit)) return "the count is out of range";
  if (const char* problem = check_zero_point(p.is_signed, p.zero)) return problem;
  const auto count = static_cast<std::uint64_t>(p.count);
  return check_bytes(operands, {count}, count * sizeof(float));
}

}  // namespace

constinit const StepDef binary_i8{
    .name = "binary_i8",
    .params_bytes = sizeof(BinaryI8),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_binary,
    .units = [](const void* p) { return binary_units(static_cast<const BinaryI8*>(p)->grid); },
    .run =
        [](const StepRun& r) {
          r.kernels.binary_i8(r.as<BinaryI8>(), r.input<std::uint8_t>(0), r.input<std::uint8_t>(1),
                              r.output<std::uint8_t>(0), r.units);
        },
    .unit_elements = [](const void* p) { return static_cast<const BinaryI8*>(p)->grid.unit; },
    .set_unit = set_binary_unit,
    .in_place = in_step_inputs};

constinit const StepDef lookup_i8{
    .name = "lookup_i8",
    .params_bytes = sizeof(LookupI8),
    .min_inputs = 2,  // elements, table
    .max_inputs = 2,
    .check = check_lookup,
    .units = [](const void* p) { return lookup_i8_units(*static_cast<const LookupI8*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.lookup_i8(r.as<LookupI8>(), r.input<std::uint8_t>(1), r.input<std::uint8_t>(0),
                              r.output<std::uint8_t>(0), r.units);
        },
    .unit_elements = run_unit<LookupI8>,
    .set_unit = set_run_unit<LookupI8>,
    .in_place = [](const void*) { return std::uint32_t{1}; }};

constinit const StepDef quantise_i8{
    .name = "quantise_i8",
    .params_bytes = sizeof(QuantiseI8),
    .check = check_quantise,
    .units = [](const void* p) { return quantise_i8_units(*static_cast<const QuantiseI8*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.quantise_i8(r.as<QuantiseI8>(), r.input<float>(0), r.output<std::uint8_t>(0), r.units);
        },
    .unit_elements = run_unit<QuantiseI8>,
    .set_unit = set_run_unit<QuantiseI8>};

constinit const StepDef dequantise_i8{
    .name = "dequantise_i8",
    .params_bytes = sizeof(DequantiseI8),
    .check = check_dequantise,
    .units = [](const void* p) { return dequantise_i8_units(*static_cast<const DequantiseI8*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.dequantise_i8(r.as<DequantiseI8>(), r.input<std::uint8_t>(0), r.output<float>(0), r.units);
        },
    .unit_elements = run_unit<DequantiseI8>,
    .set_unit = set_run_unit<DequantiseI8>};

}  // namespace paw::step
