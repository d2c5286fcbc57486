// Convolutions of 8-bit elements.
#include "runtime/steps.h"
#include "runtime/steps/conv_check.h"
#include "runtime/steps/quant_check.h"

namespace paw::step {

namespace {

// A row of a depthwise step's scratch: nets are far narrower.
constexpr std::int64_t kMaxColumns = 1 << 16;
constexpr std::int64_t kMaxScratch = std::int64_t{1} << 28;

const ConvI8& params_of(const void* raw) { return *static_cast<const ConvI8*>(raw); }

const char* check_common(const ConvI8& p) {
  if (const char* problem = check_conv_shape(p.shape)) return problem;
  if (const char* problem = check_quantised(p.y, p.way)) return problem;
  if (const char* problem = check_zero_point(p.x_signed, p.x_zero)) return problem;
  return p.unit_pixels < 1 ? "a unit without pixels" : nullptr;
}

const char* check_conv(const void* raw, const StepOperands& operands) {
  const ConvI8& p = params_of(raw);
  if (const char* problem = check_common(p)) return problem;
  return check_bytes(operands,
                     {image_bytes(p.shape) / sizeof(float), static_cast<std::uint64_t>(conv_i8_packed_bytes(p.shape))},
                     result_bytes(p.shape) / sizeof(float));
}

const char* check_dwconv(const void* raw, const StepOperands& operands) {
  const ConvI8& p = params_of(raw);
  if (const char* problem = check_common(p)) return problem;
  const ConvShape& s = p.shape;
  if (s.groups != s.in_c || s.out_c % s.in_c != 0) return "channels do not match";
  if (dwconv_i8_columns(s) > kMaxColumns || dwconv_i8_scratch_bytes(s) > kMaxScratch) return "a row is too wide";
  return check_bytes(operands, {image_bytes(s) / sizeof(float), static_cast<std::uint64_t>(dwconv_i8_packed_bytes(s))},
                     result_bytes(s) / sizeof(float));
}

// A pointwise convolution reads as many pixels as it writes.
bool set_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  auto& p = *static_cast<ConvI8*>(raw);
  const std::int64_t pixels = unit / p.shape.in_c;
  if (in_step != 1 || !conv_pointwise(p.shape) || conv_by_panels(p.shape)) return false;
  if (pixels < 1 || unit % p.shape.in_c != 0 || pixels > INT32_MAX) return false;
  p.unit_pixels = static_cast<std::int32_t>(pixels);
  return true;
}

std::int64_t unit_elements(const void* raw) {
  const ConvI8& p = params_of(raw);
  return conv_by_panels(p.shape) ? 0 : static_cast<std::int64_t>(p.unit_pixels) * p.shape.out_c;
}

}  // namespace

constinit const StepDef conv_i8{
    .name = "conv_i8",
    .params_bytes = sizeof(ConvI8),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_conv,
    .units = [](const void* p) { return conv_i8_units(params_of(p)); },
    .scratch_bytes =
        [](const void* p) { return static_cast<std::uint64_t>(conv_i8_scratch_bytes(params_of(p).shape)); },
    .run =
        [](const StepRun& r) {
          r.kernels.conv_i8(r.as<ConvI8>(), r.input<std::uint8_t>(0), r.input<std::byte>(1), r.output<std::uint8_t>(0),
                            static_cast<std::int16_t*>(r.scratch), r.units);
        },
    .unit_elements = unit_elements,
    .set_unit = set_unit,
    .large_follower = true};

constinit const StepDef dwconv_i8{
    .name = "dwconv_i8",
    .params_bytes = sizeof(DwconvI8),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_dwconv,
    .units = [](const void* p) { return dwconv_i8_units(params_of(p).shape); },
    .scratch_bytes =
        [](const void* p) { return static_cast<std::uint64_t>(dwconv_i8_scratch_bytes(params_of(p).shape)); },
    .run =
        [](const StepRun& r) {
          r.kernels.dwconv_i8(r.as<DwconvI8>(), r.input<std::uint8_t>(0), r.input<std::byte>(1),
                              r.output<std::uint8_t>(0), static_cast<std::int16_t*>(r.scratch), r.units);
        },
    .unit_elements =
        [](const void* p) {
          const ConvShape& s = params_of(p).shape;
          return static_cast<std::int64_t>(s.out_w) * s.out_c;
        }};

}  // namespace paw::step
