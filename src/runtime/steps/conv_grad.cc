#include "kernels/conv/conv_grad.h"

#include "runtime/steps.h"
#include "runtime/steps/conv_check.h"

namespace paw::step {

namespace {

const char* check_grad_input(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ConvGradInputF32*>(raw);
  const ConvShape packed = conv_transposed(p.shape);
  if (const char* problem = check_conv_shape(p.shape)) return problem;
  if (const char* problem = check_conv_shape(packed)) return problem;
  if (p.unit_pixels < 1) return "a unit without pixels";
  if (operands.in[0] < result_bytes(p.shape)) return "the gradient is too small";
  if (operands.in[1] < static_cast<std::uint64_t>(conv_packed_floats(packed)) * sizeof(float)) {
    return "the packed weights are too small";
  }
  if (operands.out[0] < image_bytes(p.shape)) return "the output is too small";
  return nullptr;
}

// A pointwise gradient reads as many pixels as it writes.
bool set_grad_input_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  auto& p = *static_cast<ConvGradInputF32*>(raw);
  const std::int64_t pixels = unit / p.shape.out_c;
  if (in_step != 1 || !conv_pointwise(p.shape) || pixels < 1 || unit % p.shape.out_c != 0 || pixels > INT32_MAX) {
    return false;
  }
  p.unit_pixels = static_cast<std::int32_t>(pixels);
  return true;
}

std::int64_t grad_input_elements(const void* raw) {
  const auto& p = *static_cast<const ConvGradInputF32*>(raw);
  const bool in_order = p.shape.stride_h == 1 && p.shape.stride_w == 1;
  return in_order ? static_cast<std::int64_t>(p.unit_pixels) * p.shape.in_c : 0;
}

const char* check_grad_weights(const void* raw, const StepOperands& operands) {
  constexpr std::int32_t kMostChunks = 256, kLongestChain = 1 << 30;
  const auto& p = *static_cast<const ConvGradWeightsF32*>(raw);
  if (const char* problem = check_conv_shape(p.shape)) return problem;
  if (p.chunks < 1 || p.chunks > kMostChunks || p.parts < 1 || p.unit_pixels < 0) return "a count is out of range";
  // Parts without a panel do nothing, but up to 2^39 units of them take hours.
  if (p.parts > p.shape.groups * conv_columns(p.shape).panels) return "more parts than panels";
  if (p.chain < 1 || p.chain > kLongestChain || (p.chain & (p.chain - 1)) != 0) return "a chain of an odd length";
  if (p.unit_pixels == 0 && p.chain != 1) return "a chain without units";
  if (p.unit_pixels > 0 && ceil_div(conv_grad_weights_units(p), p.chain) > p.chunks) return "too many partial sums";
  if (operands.in[0] < image_bytes(p.shape)) return "the image is too small";
  if (operands.in[1] < result_bytes(p.shape)) return "the gradient is too small";
  if (operands.out[0] / static_cast<std::uint64_t>(p.chunks) < weight_bytes(p.shape)) return "the output is too small";
  return nullptr;
}

// Partial sums are read and written for every block of the group: they must stay in cache, and there must be enough of
// them for all threads.
bool set_grad_weights_unit(void* raw, std::int64_t unit, std::uint32_t in_step) {
  constexpr std::uint64_t kMostBytes = 160 * 1024;
  constexpr std::int32_t kFewestChunks = 4;
  auto& p = *static_cast<ConvGradWeightsF32*>(raw);
  const ConvShape& s = p.shape;
  if (!conv_pointwise(s) || s.groups != 1 || weight_bytes(s) > kMostBytes || p.chunks < kFewestChunks) return false;
  if (in_step == 0 || in_step > 3 || (in_step == 3 && s.in_c != s.out_c)) return false;
  const std::int32_t channels = in_step == 2 ? s.out_c : s.in_c;
  if (unit < 1 || unit % channels != 0 || unit / channels > INT32_MAX) return false;
  p.unit_pixels = static_cast<std::int32_t>(unit / channels);
  for (p.chain = 1; ceil_div(conv_grad_weights_units(p), p.chain) > p.chunks;) p.chain *= 2;
  return true;
}

}  // namespace

constinit const StepDef conv_grad_input_f32{
    .name = "conv_grad_input_f32",
    .params_bytes = sizeof(ConvGradInputF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .outputs = 1,
    .check = check_grad_input,
    .units = [](const void* p) { return conv_grad_input_units(*static_cast<const ConvGradInputF32*>(p)); },
    .scratch_bytes =
        [](const void* p) {
          const auto& params = *static_cast<const ConvGradInputF32*>(p);
          return static_cast<std::uint64_t>(conv_grad_input_scratch(params.shape).floats) * sizeof(float);
        },
    .run =
        [](const StepRun& r) {
          r.kernels.conv_grad_input_f32(r.as<ConvGradInputF32>(), r.input<float>(0), r.input<float>(1),
                                        r.output<float>(0), static_cast<float*>(r.scratch), r.units);
        },
    .unit_elements = grad_input_elements,
    .set_unit = set_grad_input_unit};

constinit const StepDef conv_grad_weights_f32{
    .name = "conv_grad_weights_f32",
    .params_bytes = sizeof(ConvGradWeightsF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .outputs = 1,
    .check = check_grad_weights,
    .units = [](const void* p) { return conv_grad_weights_units(*static_cast<const ConvGradWeightsF32*>(p)); },
    .scratch_bytes =
        [](const void* p) {
          const auto& params = *static_cast<const ConvGradWeightsF32*>(p);
          return static_cast<std::uint64_t>(conv_grad_weights_scratch(params.shape).floats) * sizeof(float);
        },
    .run =
        [](const StepRun& r) {
          r.kernels.conv_grad_weights_f32(r.as<ConvGradWeightsF32>(), r.input<float>(0), r.input<float>(1),
                                          r.output<float>(0), static_cast<float*>(r.scratch), r.units);
        },
    .set_unit = set_grad_weights_unit,
    .chain = [](const void* p) { return static_cast<std::int64_t>(static_cast<const ConvGradWeightsF32*>(p)->chain); }};

}  // namespace paw::step
