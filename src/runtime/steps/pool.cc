#include "runtime/steps.h"
#include "runtime/steps/image_check.h"

namespace paw::step {

namespace {

const char* check_pool(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const PoolF32*>(raw);
  for (const std::int32_t v :
       {p.batch, p.in_h, p.in_w, p.channels, p.out_h, p.out_w, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w}) {
    if (!is_extent(v)) return "an extent is out of range";
  }
  for (const std::int32_t pad : {p.pad_top, p.pad_left}) {
    if (pad != 0 && !is_extent(pad)) return "padding is out of range";
  }
  return check_image_operands(operands, image_floats(p.batch, p.in_h, p.in_w, p.channels),
                              image_floats(p.batch, p.out_h, p.out_w, p.channels));
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

}  // namespace paw::step
