#include "runtime/steps.h"

namespace paw::step {

namespace {

constexpr std::int64_t kMaxFloats = std::int64_t{1} << 30;  // more than any buffer holds
constexpr std::int64_t kMaxUnit = std::int64_t{1} << 40;    // keeps the end of every unit far below 2^63

bool holds(std::uint64_t bytes, std::int64_t floats) {
  return bytes / sizeof(float) >= static_cast<std::uint64_t>(floats);
}

const char* check_unary(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const UnaryF32*>(raw);
  if (p.count < 1 || p.count > kMaxFloats) return "the count is out of range";
  if (p.unit < 1 || p.unit > kMaxUnit) return "the unit is out of range";
  const auto op = static_cast<std::int32_t>(p.op);
  if (op < 0 || op >= kUnaryOps) return "an unknown function";
  if (!holds(operands.in[0], p.count)) return "the input is too small";
  if (!holds(operands.out[0], p.count)) return "the output is too small";
  return nullptr;
}

bool set_unary_unit(void* raw, std::int64_t unit, std::uint32_t /*in_step*/) {
  if (unit < 1 || unit > kMaxUnit) return false;
  static_cast<UnaryF32*>(raw)->unit = unit;
  return true;
}

// Elements that an operand must have; more than kMaxFloats when a stride is impossible. Extents are checked.
std::int64_t operand_floats(const BinaryF32& p, const std::int64_t (&strides)[kBinaryAxes]) {
  std::int64_t last = 0;
  for (int axis = 0; axis < kBinaryAxes; ++axis) {
    if (strides[axis] < 0 || strides[axis] > kMaxFloats) return kMaxFloats + 1;
    last += (p.extents[axis] - 1) * strides[axis];  // below 2^60, six times below 2^63
  }
  return last >= kMaxFloats ? kMaxFloats + 1 : last + 1;
}

const char* check_binary(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const BinaryF32*>(raw);
  std::int64_t count = 1;
  for (const std::int64_t extent : p.extents) {
    if (extent < 1 || extent > kMaxFloats / count) return "an extent is out of range";
    count *= extent;
  }
  if (p.unit < 1 || p.unit > kMaxUnit) return "the unit is out of range";
  const auto op = static_cast<std::int32_t>(p.op);
  if (op < 0 || op >= kBinaryOps) return "an unknown function";
#if defined(PAW_APP_ENGINE)
  if (p.op == BinaryOp::kClampGrad || p.op == BinaryOp::kHardSwishGrad) return "a function of training";
#endif
  // The kernel reads whole vectors along the last axis.
  if (p.a[kBinaryAxes - 1] > 1 || p.b[kBinaryAxes - 1] > 1) return "the last axis is not contiguous";
  if (!holds(operands.in[0], operand_floats(p, p.a))) return "the first input is too small";
  if (!holds(operands.in[1], operand_floats(p, p.b))) return "the second input is too small";
  if (!holds(operands.out[0], count)) return "the output is too small";
  return nullptr;
}

std::uint32_t in_step_inputs(const void* raw) {
  const auto& p = *static_cast<const BinaryF32*>(raw);
  return (in_step(p, p.a) ? 1u : 0u) | (in_step(p, p.b) ? 2u : 0u);
}

// Units may begin anywhere in a row, so any unit will do as long as the inputs that must be read in step are whole.
bool set_binary_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  if (unit < 1 || unit > kMaxUnit || (in_step & ~in_step_inputs(raw)) != 0) return false;
  static_cast<BinaryF32*>(raw)->unit = unit;
  return true;
}

}  // namespace

constinit const StepDef unary_f32{
    .name = "unary_f32",
    .params_bytes = sizeof(UnaryF32),
    .check = check_unary,
    .units = [](const void* p) { return unary_units(*static_cast<const UnaryF32*>(p)); },
    .run =
        [](const StepRun& r) { r.kernels.unary_f32(r.as<UnaryF32>(), r.input<float>(0), r.output<float>(0), r.units); },
    .unit_elements = [](const void* p) { return static_cast<const UnaryF32*>(p)->unit; },
    .set_unit = set_unary_unit,
    .in_place = [](const void*) { return std::uint32_t{1}; }};

constinit const StepDef binary_f32{
    .name = "binary_f32",
    .params_bytes = sizeof(BinaryF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_binary,
    .units = [](const void* p) { return binary_units(*static_cast<const BinaryF32*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.binary_f32(r.as<BinaryF32>(), r.input<float>(0), r.input<float>(1), r.output<float>(0), r.units);
        },
    .unit_elements = [](const void* p) { return static_cast<const BinaryF32*>(p)->unit; },
    .set_unit = set_binary_unit,
    .in_place = in_step_inputs};

}  // namespace paw::step
