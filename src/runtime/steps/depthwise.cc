// The depthwise steps of training: packing weights that the plan computes, and the two gradients.
#include "kernels/dwconv/dwconv.h"
#include "runtime/steps.h"
#include "runtime/steps/conv_check.h"

namespace paw::step {

namespace {

const ConvShape& shape_of(const void* raw) { return *static_cast<const ConvShape*>(raw); }

const char* check_depthwise(const ConvShape& s) {
  if (const char* problem = check_conv_shape(s)) return problem;
  return s.groups != s.in_c || s.out_c % s.in_c != 0 ? "channels do not match" : nullptr;
}

std::uint64_t packed_bytes(const ConvShape& s) {
  return static_cast<std::uint64_t>(dwconv_packed_floats(s)) * sizeof(float);
}

const char* check_pack(const void* raw, const StepOperands& o) {
  const ConvShape& s = shape_of(raw);
  if (const char* problem = check_depthwise(s)) return problem;
  if (o.in[0] < weight_bytes(s)) return "the weights are too small";
  if (o.in[1] != 0 && o.in[1] < static_cast<std::uint64_t>(s.out_c) * sizeof(float)) return "the bias is too small";
  return o.out[0] < packed_bytes(s) ? "the output is too small" : nullptr;
}

const char* check_grad_input(const void* raw, const StepOperands& o) {
  const ConvShape& s = shape_of(raw);
  if (const char* problem = check_depthwise(s)) return problem;
  if (o.in[0] < result_bytes(s)) return "the gradient is too small";
  if (o.in[1] < packed_bytes(s)) return "the packed weights are too small";
  return o.out[0] < image_bytes(s) ? "the output is too small" : nullptr;
}

const char* check_grad_weights(const void* raw, const StepOperands& o) {
  const auto& p = *static_cast<const DwconvGradWeightsF32*>(raw);
  if (const char* problem = check_depthwise(p.shape)) return problem;
  if (p.chunk_rows < 1) return "the chunk is out of range";
  if (o.in[0] < image_bytes(p.shape)) return "the input is too small";
  if (o.in[1] < result_bytes(p.shape)) return "the gradient is too small";
  const auto chunks = static_cast<std::uint64_t>(dwconv_grad_weights_units(p));
  return o.out[0] / weight_bytes(p.shape) < chunks ? "the output is too small" : nullptr;
}

}  // namespace

constinit const StepDef dwconv_pack_f32{.name = "dwconv_pack_f32",
                                        .params_bytes = sizeof(ConvShape),
                                        .min_inputs = 2,  // weights, and the bias, maybe absent
                                        .max_inputs = 2,
                                        .check = check_pack,
                                        .units = [](const void* p) { return dwconv_blocks(shape_of(p)); },
                                        .run =
                                            [](const StepRun& r) {
                                              paw::dwconv_pack_f32(r.as<ConvShape>(), r.input<float>(0),
                                                                   r.input<float>(1), r.output<float>(0), r.units);
                                            }};

constinit const StepDef dwconv_grad_input_f32{
    .name = "dwconv_grad_input_f32",
    .params_bytes = sizeof(ConvShape),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_grad_input,
    .units = [](const void* p) { return dwconv_grad_input_units(shape_of(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.dwconv_grad_input_f32(r.as<ConvShape>(), r.input<float>(0), r.input<float>(1), r.output<float>(0),
                                          r.units);
        },
    .unit_elements = [](const void* p) { return static_cast<std::int64_t>(shape_of(p).in_w) * shape_of(p).in_c; }};

constinit const StepDef dwconv_grad_weights_f32{
    .name = "dwconv_grad_weights_f32",
    .params_bytes = sizeof(DwconvGradWeightsF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = check_grad_weights,
    .units = [](const void* p) { return dwconv_grad_weights_units(*static_cast<const DwconvGradWeightsF32*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.dwconv_grad_weights_f32(r.as<DwconvGradWeightsF32>(), r.input<float>(0), r.input<float>(1),
                                            r.output<float>(0), r.units);
        }};

}  // namespace paw::step
