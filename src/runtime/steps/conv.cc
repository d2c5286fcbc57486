#include "runtime/steps.h"
#include "runtime/steps/conv_check.h"

namespace paw::step {

namespace {

const char* check_conv(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ConvF32*>(raw);
  if (const char* problem = check_conv_shape(p.shape)) return problem;
  if (p.unit_pixels < 1) return "a unit without pixels";
  const auto packed = static_cast<std::uint64_t>(conv_packed_floats(p.shape));
  if (operands.in[0] < image_bytes(p.shape)) return "the input is too small";
  if (operands.in[1] < packed * sizeof(float)) return "the packed weights are too small";
  if (operands.out[0] < result_bytes(p.shape)) return "the output is too small";
  return nullptr;
}

const char* check_dwconv(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const DwconvF32*>(raw);
  if (const char* problem = check_conv_shape(p.shape)) return problem;
  if (p.shape.groups != p.shape.in_c || p.shape.out_c % p.shape.in_c != 0) return "channels do not match";
  if (operands.in[0] < image_bytes(p.shape)) return "the input is too small";
  if (operands.in[1] < static_cast<std::uint64_t>(dwconv_packed_floats(p.shape)) * sizeof(float)) {
    return "the packed weights are too small";
  }
  if (operands.out[0] < result_bytes(p.shape)) return "the output is too small";
  return nullptr;
}

const char* check_pack(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ConvPackF32*>(raw);
  const ConvShape& s = p.shape;
  if (const char* problem = check_conv_shape(s)) return problem;
  if (p.transposed < 0 || p.transposed > 1 || p.has_bias < 0 || p.has_bias > 1) return "an unknown packing";
  if (operands.in[0] < weight_bytes(s)) return "the weights are too small";
  if (p.has_bias != 0 && p.transposed != 0) return "a bias of input channels";
  if (p.has_bias != 0 && operands.in[1] < static_cast<std::uint64_t>(s.out_c) * sizeof(float)) {
    return "the bias is too small";
  }
  const ConvShape packed = p.transposed != 0 ? conv_transposed(s) : s;
  if (const char* problem = check_conv_shape(packed)) return problem;
  if (operands.out[0] < static_cast<std::uint64_t>(conv_packed_floats(packed)) * sizeof(float)) {
    return "the output is too small";
  }
  return nullptr;
}

// A pointwise convolution reads as many pixels as it writes.
bool set_conv_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  auto& p = *static_cast<ConvF32*>(raw);
  const std::int64_t pixels = unit / p.shape.in_c;
  if (in_step != 1 || !conv_pointwise(p.shape) || conv_by_panels(p.shape)) return false;
  if (pixels < 1 || unit % p.shape.in_c != 0 || pixels > INT32_MAX) return false;
  p.unit_pixels = static_cast<std::int32_t>(pixels);
  return true;
}

}  // namespace

constinit const StepDef conv_f32{
    .name = "conv_f32",
    .params_bytes = sizeof(ConvF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .outputs = 1,
    .check = check_conv,
    .units = [](const void* p) { return conv_units(*static_cast<const ConvF32*>(p)); },
    .scratch_bytes =
        [](const void* p) {
          return static_cast<std::uint64_t>(conv_scratch(static_cast<const ConvF32*>(p)->shape).floats) * sizeof(float);
        },
    .run =
        [](const StepRun& r) {
          r.kernels.conv_f32(r.as<ConvF32>(), r.input<float>(0), r.input<float>(1), r.output<float>(0),
                             static_cast<float*>(r.scratch), r.units);
        },
    .unit_elements =
        [](const void* p) {
          const auto& params = *static_cast<const ConvF32*>(p);
          if (conv_by_panels(params.shape)) return std::int64_t{0};
          return static_cast<std::int64_t>(params.unit_pixels) * params.shape.out_c;
        },
    .set_unit = set_conv_unit,
    .large_follower = true};

constinit const StepDef conv_pack_f32{
    .name = "conv_pack_f32",
    .params_bytes = sizeof(ConvPackF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .outputs = 1,
    .check = check_pack,
    .units = [](const void* p) { return conv_pack_units(*static_cast<const ConvPackF32*>(p)); },
    .run =
        [](const StepRun& r) {
          const auto& p = r.as<ConvPackF32>();
          const float* bias = p.has_bias != 0 ? r.input<float>(1) : nullptr;
          r.kernels.conv_pack_f32(p, r.input<float>(0), bias, r.output<float>(0), r.units);
        }};

constinit const StepDef dwconv_f32{
    .name = "dwconv_f32",
    .params_bytes = sizeof(DwconvF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .outputs = 1,
    .check = check_dwconv,
    .units = [](const void* p) { return dwconv_units(static_cast<const DwconvF32*>(p)->shape); },
    .run =
        [](const StepRun& r) {
          r.kernels.dwconv_f32(r.as<DwconvF32>(), r.input<float>(0), r.input<float>(1), r.output<float>(0), r.units);
        },
    .unit_elements =
        [](const void* p) {
          const ConvShape& s = static_cast<const DwconvF32*>(p)->shape;
          return static_cast<std::int64_t>(s.out_w) * s.out_c;
        }};

}  // namespace paw::step
