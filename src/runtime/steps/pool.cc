#include "runtime/steps.h"
#include "runtime/steps/image_check.h"

namespace paw::step {

namespace {

const char* check_geometry(const PoolF32& p) {
  for (const std::int32_t v :
       {p.batch, p.in_h, p.in_w, p.channels, p.out_h, p.out_w, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w}) {
    if (!is_extent(v)) return "an extent is out of range";
  }
  for (const std::int32_t pad : {p.pad_top, p.pad_left}) {
    if (pad != 0 && !is_extent(pad)) return "padding is out of range";
  }
  return nullptr;
}

const char* check_pool(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const PoolF32*>(raw);
  if (const char* problem = check_geometry(p)) return problem;
  return check_image_operands(operands, image_floats(p.batch, p.in_h, p.in_w, p.channels),
                              image_floats(p.batch, p.out_h, p.out_w, p.channels));
}

// dy, and the image where `reads_image`.
const char* check_grad(const void* raw, const StepOperands& operands, bool reads_image) {
  const auto& p = *static_cast<const PoolF32*>(raw);
  if (const char* problem = check_geometry(p)) return problem;
  const std::uint64_t image = image_floats(p.batch, p.in_h, p.in_w, p.channels);
  if (reads_image && operands.in[1] / sizeof(float) < image) return "the image is too small";
  return check_image_operands(operands, image_floats(p.batch, p.out_h, p.out_w, p.channels), image);
}

std::int64_t grad_units(const void* p) { return pool_grad_units(*static_cast<const PoolF32*>(p)); }

std::int64_t grad_unit_elements(const void* raw) {
  const auto& p = *static_cast<const PoolF32*>(raw);
  return static_cast<std::int64_t>(p.in_w) * p.channels;
}

std::int64_t units(const void* p) { return pool_units(*static_cast<const PoolF32*>(p)); }

std::int64_t unit_elements(const void* raw) {
  const auto& p = *static_cast<const PoolF32*>(raw);
  return static_cast<std::int64_t>(p.out_w) * p.channels;
}

}  // namespace

constinit const StepDef max_pool_f32{.name = "max_pool_f32",
                                     .params_bytes = sizeof(PoolF32),
                                     .check = check_pool,
                                     .units = units,
                                     .run =
                                         [](const StepRun& r) {
                                           r.kernels.max_pool_f32(r.as<PoolF32>(), r.input<float>(0),
                                                                  r.output<float>(0), r.units);
                                         },
                                     .unit_elements = unit_elements};

constinit const StepDef avg_pool_f32{.name = "avg_pool_f32",
                                     .params_bytes = sizeof(PoolF32),
                                     .check = check_pool,
                                     .units = units,
                                     .run =
                                         [](const StepRun& r) {
                                           r.kernels.avg_pool_f32(r.as<PoolF32>(), r.input<float>(0),
                                                                  r.output<float>(0), r.units);
                                         },
                                     .unit_elements = unit_elements};

constinit const StepDef max_pool_grad_f32{
    .name = "max_pool_grad_f32",
    .params_bytes = sizeof(PoolF32),
    .min_inputs = 2,
    .max_inputs = 2,
    .check = [](const void* p, const StepOperands& o) { return check_grad(p, o, true); },
    .units = grad_units,
    .run =
        [](const StepRun& r) {
          r.kernels.max_pool_grad_f32(r.as<PoolF32>(), r.input<float>(0), r.input<float>(1), r.output<float>(0),
                                      r.units);
        },
    .unit_elements = grad_unit_elements};

constinit const StepDef avg_pool_grad_f32{
    .name = "avg_pool_grad_f32",
    .params_bytes = sizeof(PoolF32),
    .check = [](const void* p, const StepOperands& o) { return check_grad(p, o, false); },
    .units = grad_units,
    .run =
        [](const StepRun& r) {
          r.kernels.avg_pool_grad_f32(r.as<PoolF32>(), r.input<float>(0), nullptr, r.output<float>(0), r.units);
        },
    .unit_elements = grad_unit_elements};

}  // namespace paw::step
