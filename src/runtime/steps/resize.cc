#include "runtime/steps.h"
#include "runtime/steps/image_check.h"

namespace paw::step {

namespace {

const char* check_geometry(const ResizeF32& p) {
  for (const std::int32_t v : {p.batch, p.in_h, p.in_w, p.channels, p.out_h, p.out_w}) {
    if (!is_extent(v)) return "an extent is out of range";
  }
  if (p.grid != ResizeGrid::kHalfPixel && p.grid != ResizeGrid::kAsymmetric && p.grid != ResizeGrid::kAlignCorners) {
    return "coordinates of an unknown kind";
  }
  return nullptr;
}

const char* check_resize(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ResizeF32*>(raw);
  if (const char* problem = check_geometry(p)) return problem;
  return check_image_operands(operands, image_floats(p.batch, p.in_h, p.in_w, p.channels),
                              image_floats(p.batch, p.out_h, p.out_w, p.channels));
}

const char* check_grad(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ResizeF32*>(raw);
  if (const char* problem = check_geometry(p)) return problem;
  return check_image_operands(operands, image_floats(p.batch, p.out_h, p.out_w, p.channels),
                              image_floats(p.batch, p.in_h, p.in_w, p.channels));
}

std::int64_t grad_units(const void* p) { return resize_grad_units(*static_cast<const ResizeF32*>(p)); }

template <ResizePointFn Point>
void run_grad(const StepRun& r) {
  resize_grad_f32(r.as<ResizeF32>(), Point, r.input<float>(0), r.output<float>(0), static_cast<ResizePoint*>(r.scratch),
                  r.units);
}

std::int64_t units(const void* p) { return resize_units(*static_cast<const ResizeF32*>(p)); }

std::uint64_t scratch_bytes(const void* p) {
  return static_cast<std::uint64_t>(resize_scratch_points(*static_cast<const ResizeF32*>(p))) * sizeof(ResizePoint);
}

std::int64_t unit_elements(const void* raw) {
  const auto& p = *static_cast<const ResizeF32*>(raw);
  return static_cast<std::int64_t>(p.out_w) * p.channels;
}

}  // namespace

constinit const StepDef resize_nearest_f32{.name = "resize_nearest_f32",
                                           .params_bytes = sizeof(ResizeF32),
                                           .check = check_resize,
                                           .units = units,
                                           .scratch_bytes = scratch_bytes,
                                           .run =
                                               [](const StepRun& r) {
                                                 r.kernels.resize_nearest_f32(
                                                     r.as<ResizeF32>(), r.input<float>(0), r.output<float>(0),
                                                     static_cast<ResizePoint*>(r.scratch), r.units);
                                               },
                                           .unit_elements = unit_elements};

constinit const StepDef resize_bilinear_f32{.name = "resize_bilinear_f32",
                                            .params_bytes = sizeof(ResizeF32),
                                            .check = check_resize,
                                            .units = units,
                                            .scratch_bytes = scratch_bytes,
                                            .run =
                                                [](const StepRun& r) {
                                                  r.kernels.resize_bilinear_f32(
                                                      r.as<ResizeF32>(), r.input<float>(0), r.output<float>(0),
                                                      static_cast<ResizePoint*>(r.scratch), r.units);
                                                },
                                            .unit_elements = unit_elements};

constinit const StepDef resize_nearest_grad_f32{.name = "resize_nearest_grad_f32",
                                                .params_bytes = sizeof(ResizeF32),
                                                .check = check_grad,
                                                .units = grad_units,
                                                .scratch_bytes = scratch_bytes,
                                                .run = run_grad<nearest_point>};

constinit const StepDef resize_bilinear_grad_f32{.name = "resize_bilinear_grad_f32",
                                                 .params_bytes = sizeof(ResizeF32),
                                                 .check = check_grad,
                                                 .units = grad_units,
                                                 .scratch_bytes = scratch_bytes,
                                                 .run = run_grad<bilinear_point>};

}  // namespace paw::step
