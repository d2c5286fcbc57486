// Pooling, sums, softmax and resizing of 8-bit elements.
#include "runtime/steps.h"
#include "runtime/steps/image_check.h"
#include "runtime/steps/quant_check.h"

namespace paw::step {

namespace {

// Sums over a window stay far below 2^31.
constexpr std::int64_t kMaxWindow = 1 << 22;

const char* check_pool(const void* raw, const StepOperands& operands) {
  const auto& params = *static_cast<const PoolI8*>(raw);
  const PoolF32& p = params.window;
  for (const std::int32_t v :
       {p.batch, p.in_h, p.in_w, p.channels, p.out_h, p.out_w, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w}) {
    if (!is_extent(v)) return "an extent is out of range";
  }
  for (const std::int32_t pad : {p.pad_top, p.pad_left}) {
    if (pad != 0 && !is_extent(pad)) return "padding is out of range";
  }
  if (static_cast<std::int64_t>(p.kernel_h) * p.kernel_w > kMaxWindow) return "the window is too large";
  if (const char* problem = check_zero_point(params.is_signed, 0)) return problem;
  return check_bytes(operands, {image_floats(p.batch, p.in_h, p.in_w, p.channels)},
                     image_floats(p.batch, p.out_h, p.out_w, p.channels));
}

const char* check_reduce(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const ReduceI8*>(raw);
  if (const char* problem = check_quantised(p.y, p.way)) return problem;
  if (const char* problem = check_zero_point(p.is_signed, p.x_zero)) return problem;
  return check_bytes(operands, {bounded_product(p.outer, p.reduce, p.inner)}, bounded_product(p.outer, 1, p.inner));
}

const char* check_softmax(const void* raw, const StepOperands& operands) {
  const auto& p = *static_cast<const SoftmaxI8*>(raw);
  if (const char* problem = check_quantised({}, p.way)) return problem;
  if (const char* problem = check_zero_point(p.is_signed, 0)) return problem;
  const std::uint64_t all = bounded_product(p.lines, p.axis, 1);
  return check_bytes(operands, {all, 256 * sizeof(float)}, all);
}

const char* check_resize(const void* raw, const StepOperands& operands) {
  const auto& params = *static_cast<const ResizeI8*>(raw);
  const ResizeF32& p = params.image;
  for (const std::int32_t v : {p.batch, p.in_h, p.in_w, p.channels, p.out_h, p.out_w}) {
    if (!is_extent(v)) return "an extent is out of range";
  }
  if (p.grid != ResizeGrid::kHalfPixel && p.grid != ResizeGrid::kAsymmetric && p.grid != ResizeGrid::kAlignCorners) {
    return "coordinates of an unknown kind";
  }
  const auto way = static_cast<std::int32_t>(params.way);
  if (way < 0 || way >= kResizeI8Ways) return "an unknown way to resize";
  if (const char* problem = check_zero_point(params.is_signed, 0)) return problem;
  return check_bytes(operands, {image_floats(p.batch, p.in_h, p.in_w, p.channels)},
                     image_floats(p.batch, p.out_h, p.out_w, p.channels));
}

}  // namespace

constinit const StepDef pool_i8{
    .name = "pool_i8",
    .params_bytes = sizeof(PoolI8),
    .check = check_pool,
    .units = [](const void* p) { return pool_units(static_cast<const PoolI8*>(p)->window); },
    .run =
        [](const StepRun& r) {
          r.kernels.pool_i8(r.as<PoolI8>(), r.input<std::uint8_t>(0), r.output<std::uint8_t>(0), r.units);
        },
    .unit_elements =
        [](const void* p) {
          const PoolF32& w = static_cast<const PoolI8*>(p)->window;
          return static_cast<std::int64_t>(w.out_w) * w.channels;
        }};

constinit const StepDef reduce_i8{
    .name = "reduce_i8",
    .params_bytes = sizeof(ReduceI8),
    .check = check_reduce,
    .units = [](const void* p) { return reduce_i8_units(*static_cast<const ReduceI8*>(p)); },
    .run =
        [](const StepRun& r) {
          r.kernels.reduce_i8(r.as<ReduceI8>(), r.input<std::uint8_t>(0), r.output<std::uint8_t>(0), r.units);
        }};

constinit const StepDef softmax_i8{.name = "softmax_i8",
                                   .params_bytes = sizeof(SoftmaxI8),
                                   .min_inputs = 2,  // elements, table
                                   .max_inputs = 2,
                                   .check = check_softmax,
                                   .units = [](const void* p) { return static_cast<const SoftmaxI8*>(p)->lines; },
                                   .run =
                                       [](const StepRun& r) {
                                         r.kernels.softmax_i8(r.as<SoftmaxI8>(), r.input<std::int32_t>(1),
                                                              r.input<std::uint8_t>(0), r.output<std::uint8_t>(0),
                                                              r.units);
                                       }};

constinit const StepDef resize_i8{
    .name = "resize_i8",
    .params_bytes = sizeof(ResizeI8),
    .check = check_resize,
    .units = [](const void* p) { return resize_units(static_cast<const ResizeI8*>(p)->image); },
    .scratch_bytes =
        [](const void* p) {
          return static_cast<std::uint64_t>(static_cast<const ResizeI8*>(p)->image.out_w) * sizeof(ResizePointI8);
        },
    .run =
        [](const StepRun& r) {
          r.kernels.resize_i8(r.as<ResizeI8>(), r.input<std::uint8_t>(0), r.output<std::uint8_t>(0),
                              static_cast<ResizePointI8*>(r.scratch), r.units);
        },
    .unit_elements =
        [](const void* p) {
          const ResizeF32& s = static_cast<const ResizeI8*>(p)->image;
          return static_cast<std::int64_t>(s.out_w) * s.channels;
        }};

}  // namespace paw::step
