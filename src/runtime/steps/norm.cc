#include "runtime/steps.h"

namespace paw::step {

namespace {

constexpr std::int64_t kMaxFloats = std::int64_t{1} << 30;  // more than any buffer holds

const BatchNormF32& params_of(const void* raw) { return *static_cast<const BatchNormF32*>(raw); }

// Does operand i exist and hold so many floats?
bool holds(std::span<const std::uint64_t> operands, std::size_t i, std::int64_t floats) {
  return i < operands.size() && operands[i] / sizeof(float) >= static_cast<std::uint64_t>(floats);
}

const char* check_extents(const BatchNormF32& p) {
  if (p.channels < 1 || p.rows < 1 || p.rows > kMaxFloats / p.channels) return "an extent is out of range";
  if (p.unit_rows < 1 || p.unit_rows > kNormMaxUnitRows) return "the unit is out of range";
  // A power of two, so that chunks do not depend on shares; large enough for the partial sums' size.
  if (p.grain < 1 || p.grain > 1024 || (p.grain & (p.grain - 1)) != 0) return "the grain is out of range";
  return nullptr;
}

const char* check_chunks(const BatchNormF32& p) {
  if (const char* problem = check_extents(p)) return problem;
  return p.grain * p.unit_rows < norm_chunk_rows(p.channels) ? "the chunks are too small" : nullptr;
}

// Inputs [first, first + count) hold a number per channel.
bool hold_channels(const BatchNormF32& p, const StepOperands& o, std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    if (!holds(o.in, i, p.channels)) return false;
  }
  return true;
}

const char* check_stats(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_chunks(p)) return problem;
  if (!holds(o.in, 0, p.rows * p.channels)) return "the input is too small";
  return holds(o.out, 0, norm_partial_floats(p.rows, p.channels)) ? nullptr : "the output is too small";
}

const char* check_finish(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_extents(p)) return problem;
  if (!holds(o.in, 0, norm_partial_floats(p.rows, p.channels))) return "the partial sums are too small";
  if (!hold_channels(p, o, 1, 1)) return "the scale is too small";
  for (std::size_t i = 0; i < 3; ++i) {
    if (!holds(o.out, i, p.channels)) return "an output is too small";
  }
  return nullptr;
}

const char* check_apply(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_extents(p)) return problem;
  if (!holds(o.in, 0, p.rows * p.channels)) return "the input is too small";
  if (!hold_channels(p, o, 1, 3)) return "an input of the channels is too small";
  return holds(o.out, 0, p.rows * p.channels) ? nullptr : "the output is too small";
}

// dy, x, mean and, behind `others` inputs, the gain when masked or frozen, the offset when masked.
const char* check_grad_inputs(const BatchNormF32& p, const StepOperands& o, std::size_t others) {
  if (!holds(o.in, 0, p.rows * p.channels) || !holds(o.in, 1, p.rows * p.channels)) return "an input is too small";
  if (!hold_channels(p, o, 2, 1)) return "the mean is too small";
  if (p.frozen != 0 && !hold_channels(p, o, 3 + others, 1)) return "the gain is too small";
  return p.masked == 0 || hold_channels(p, o, 3 + others, 2) ? nullptr : "the mask's inputs are too small";
}

const char* check_grad_stats(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_chunks(p)) return problem;
  if (const char* problem = check_grad_inputs(p, o, 0)) return problem;
  return holds(o.out, 0, norm_partial_floats(p.rows, p.channels)) ? nullptr : "the output is too small";
}

const char* check_grad_finish(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_extents(p)) return problem;
  if (!holds(o.in, 0, norm_partial_floats(p.rows, p.channels))) return "the partial sums are too small";
  if (!hold_channels(p, o, 1, 2)) return "an input of the channels is too small";
  const bool fits = holds(o.out, 0, p.channels) && holds(o.out, 1, p.channels) && holds(o.out, 2, 3 * p.channels);
  return fits ? nullptr : "an output is too small";
}

const char* check_grad_apply(const void* raw, const StepOperands& o) {
  const BatchNormF32& p = params_of(raw);
  if (const char* problem = check_extents(p)) return problem;
  if (const char* problem = check_grad_inputs(p, o, 1)) return problem;
  const bool factors = p.frozen != 0 || holds(o.in, 3, 3 * static_cast<std::int64_t>(p.channels));
  if (!factors) return "the factors are too small";
  return holds(o.out, 0, p.rows * p.channels) ? nullptr : "the output is too small";
}

std::int64_t units(const void* raw) { return norm_units(params_of(raw)); }
std::int64_t finish_units(const void* raw) { return norm_finish_units(params_of(raw)); }
std::int64_t grain(const void* raw) { return params_of(raw).grain; }

std::int64_t unit_elements(const void* raw) {
  const BatchNormF32& p = params_of(raw);
  return static_cast<std::int64_t>(p.unit_rows) * p.channels;
}

// Whole rows only. `streams`: the inputs that are read row by row.
bool set_rows(void* raw, std::int64_t unit, std::uint32_t in_step, std::uint32_t streams) {
  auto& p = *static_cast<BatchNormF32*>(raw);
  if (unit < 1 || unit % p.channels != 0 || unit / p.channels > kNormMaxUnitRows) return false;
  if ((in_step & ~streams) != 0) return false;
  p.unit_rows = static_cast<std::int32_t>(unit / p.channels);
  return true;
}

bool set_chunks(void* raw, std::int64_t unit, std::uint32_t in_step, std::uint32_t streams) {
  if (!set_rows(raw, unit, in_step, streams)) return false;
  auto& p = *static_cast<BatchNormF32*>(raw);
  p.grain = norm_grain(p.channels, p.unit_rows);
  return true;
}

// Gain and offset are there only when they are needed.
BnGradOperands grad_operands(const StepRun& r, std::size_t others) {
  const auto& p = r.as<BatchNormF32>();
  return {.dy = r.input<float>(0),
          .x = r.input<float>(1),
          .mean = r.input<float>(2),
          .gain = p.masked != 0 || p.frozen != 0 ? r.input<float>(3 + others) : nullptr,
          .offset = p.masked != 0 ? r.input<float>(4 + others) : nullptr};
}

}  // namespace

constinit const StepDef bn_stats_f32{
    .name = "bn_stats_f32",
    .params_bytes = sizeof(BatchNormF32),
    .check = check_stats,
    .units = units,
    .run =
        [](const StepRun& r) {
          r.kernels.bn_stats_f32(r.as<BatchNormF32>(), r.input<float>(0), r.output<float>(0), r.units);
        },
    .set_unit = [](void* p, std::int64_t unit, std::uint32_t in_step) { return set_chunks(p, unit, in_step, 1); },
    .grain = grain};

constinit const StepDef bn_finish_f32{.name = "bn_finish_f32",
                                      .params_bytes = sizeof(BatchNormF32),
                                      .min_inputs = 2,
                                      .max_inputs = 2,
                                      .outputs = 3,
                                      .check = check_finish,
                                      .units = finish_units,
                                      .run = [](const StepRun& r) {
                                        r.kernels.bn_finish_f32(r.as<BatchNormF32>(), r.input<float>(0),
                                                                r.input<float>(1), r.output<float>(0),
                                                                r.output<float>(1), r.output<float>(2), r.units);
                                      }};

constinit const StepDef bn_apply_f32{
    .name = "bn_apply_f32",
    .params_bytes = sizeof(BatchNormF32),
    .min_inputs = 4,
    .max_inputs = 4,
    .check = check_apply,
    .units = units,
    .run =
        [](const StepRun& r) {
          r.kernels.bn_apply_f32(r.as<BatchNormF32>(), r.input<float>(0), r.input<float>(1), r.input<float>(2),
                                 r.input<float>(3), r.output<float>(0), r.units);
        },
    .unit_elements = unit_elements,
    .set_unit = [](void* p, std::int64_t unit, std::uint32_t in_step) { return set_rows(p, unit, in_step, 1); },
    .in_place = [](const void*) { return std::uint32_t{1}; }};

constinit const StepDef bn_grad_stats_f32{
    .name = "bn_grad_stats_f32",
    .params_bytes = sizeof(BatchNormF32),
    .min_inputs = 3,
    .max_inputs = 5,
    .check = check_grad_stats,
    .units = units,
    .run =
        [](const StepRun& r) {
          r.kernels.bn_grad_stats_f32(r.as<BatchNormF32>(), grad_operands(r, 0), r.output<float>(0), r.units);
        },
    .set_unit = [](void* p, std::int64_t unit, std::uint32_t in_step) { return set_chunks(p, unit, in_step, 3); },
    .grain = grain};

constinit const StepDef bn_grad_finish_f32{
    .name = "bn_grad_finish_f32",
    .params_bytes = sizeof(BatchNormF32),
    .min_inputs = 3,
    .max_inputs = 3,
    .outputs = 3,
    .check = check_grad_finish,
    .units = finish_units,
    .run = [](const StepRun& r) {
      r.kernels.bn_grad_finish_f32(r.as<BatchNormF32>(), r.input<float>(0), r.input<float>(1), r.input<float>(2),
                                   r.output<float>(0), r.output<float>(1), r.output<float>(2), r.units);
    }};

constinit const StepDef bn_grad_apply_f32{
    .name = "bn_grad_apply_f32",
    .params_bytes = sizeof(BatchNormF32),
    .min_inputs = 4,
    .max_inputs = 6,
    .check = check_grad_apply,
    .units = units,
    .run =
        [](const StepRun& r) {
          r.kernels.bn_grad_apply_f32(r.as<BatchNormF32>(), grad_operands(r, 1), r.input<float>(3), r.output<float>(0),
                                      r.units);
        },
    .unit_elements = unit_elements,
    .set_unit = [](void* p, std::int64_t unit, std::uint32_t in_step) { return set_rows(p, unit, in_step, 3); },
    .in_place = [](const void*) { return std::uint32_t{3}; }};

}  // namespace paw::step
