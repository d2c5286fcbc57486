// Pooling, sums, softmax and resizing of 8-bit tensors.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kernels/quant/convert_i8.h"
#include "kernels/quant/fixed_point.h"
#include "kernels/quant/pool_i8.h"
#include "lower/ops/pool.h"
#include "lower/ops/reduce.h"
#include "lower/ops/resize.h"
#include "lower/quant/quant.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

Status lower_quant_pool(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, same_byte_tensor(lowering, node));
  const auto& attrs = node.attrs.as<PoolAttrs>();
  const bool average = node.op == &op::avg_pool;
  PoolI8 p{.average = average ? 1 : 0, .is_signed = x.is_signed ? 1 : 0};
  PAW_ASSIGN_OR_RETURN(p.window, pool_window(node, attrs, lowering.graph().type(node.inputs[0]).shape));
  const PoolF32& w = p.window;
  const bool padded = w.pad_top > 0 || w.pad_left > 0 || (w.out_h - 1) * w.stride_h + w.kernel_h > w.in_h ||
                      (w.out_w - 1) * w.stride_w + w.kernel_w > w.in_w;
  if (average && attrs.count_padding && padded) {
    return unsupported(node, "the engine's integer averages do not count padding");
  }
  lowering.step(step::pool_i8, p, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

namespace {

// [outer, reduce, inner]; error when reduced axes are not neighbours.
Result<ReduceI8> reduce_shape(const Node& node, const Shape& shape) {
  ReduceI8 p;
  bool behind = false;
  for (const ReducedRun& run : reduced_runs(shape, node.attrs.as<ReduceAttrs>())) {
    if (run.reduced && behind) return unsupported(node, "the engine's integer sums reduce neighbouring axes only");
    behind |= run.reduced;
    (run.reduced ? p.reduce : behind ? p.inner : p.outer) = run.extent;
  }
  return p;
}

// XNNPACK's: the sum of the stored numbers times one float, plus another.
void set_float_sum(const ByteTensor& x, const ByteTensor& y, bool mean, ReduceI8& p) {
  const auto count = static_cast<float>(p.reduce);
  const float factor = x.scale / y.scale * (mean ? 1.0f / count : 1.0f);
  p.scale = std::bit_cast<std::int32_t>(factor);
  p.offset = static_cast<float>(y.zero) - count * static_cast<float>(x.zero) * factor;
}

// TensorFlow Lite's: the division by the count goes into the multiplier, cut off.
void set_fixed_sum(const ByteTensor& x, const ByteTensor& y, bool mean, ReduceI8& p) {
  FixedScale s = fixed_scale(static_cast<double>(x.scale) / y.scale);
  if (mean) {
    int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(p.reduce));
    shift = std::min({shift, 32, 31 + s.shift});
    s.multiplier = static_cast<std::int32_t>((std::int64_t{s.multiplier} << shift) / p.reduce);
    s.shift -= shift;
  }
  p.way = Requantise::kDouble;
  p.scale = s.multiplier;
  p.shift = s.shift;
}

}  // namespace

Status lower_quant_reduce(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(const ByteTensor y, byte_tensor(lowering, node, node.outputs[0]));
  PAW_ASSIGN_OR_RETURN(ReduceI8 p, reduce_shape(node, lowering.graph().type(node.inputs[0]).shape));
  p.y = y.all();
  p.is_signed = x.is_signed ? 1 : 0;
  p.x_zero = x.zero;
  const bool mean = node.op == &op::reduce_mean;
  if (lowering.rounding() == Rounding::kFloat) {
    set_float_sum(x, y, mean, p);
  } else {
    set_fixed_sum(x, y, mean, p);
  }
  lowering.step(step::reduce_i8, p, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

namespace {

using ExpTable = std::array<std::int32_t, 256>;

ExpTable float_exps(float scale) {
  ExpTable table{};
  for (int d = 0; d < 256; ++d) {
    const float x = -scale * static_cast<float>(d);
    table[static_cast<std::size_t>(d)] =
        std::bit_cast<std::int32_t>(static_cast<float>(std::exp(static_cast<double>(x))));
  }
  return table;
}

// Differences with 5 integer bits; those that would need more count as endless.
ExpTable fixed_exps(float scale, std::int32_t& last) {
  constexpr int kBits = 5;
  const double factor = std::min(static_cast<double>(scale) * (1 << (31 - kBits)), 2147483647.0);
  const FixedScale s = fixed_scale(factor);
  last = static_cast<std::int32_t>(std::floor(std::ldexp(31.0, 31 - kBits - s.shift)));
  ExpTable table{};
  for (int d = 0; d < std::min(256, last + 1); ++d) {
    const std::int32_t x = doubled_high(shifted_left(-d, s.shift), s.multiplier);
    table[static_cast<std::size_t>(d)] = fixed_point::exp_of_negative(x, kBits);
  }
  return table;
}

}  // namespace

Status lower_quant_softmax(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, byte_tensor(lowering, node, node.inputs[0]));
  PAW_ASSIGN_OR_RETURN(const ByteTensor y, byte_tensor(lowering, node, node.outputs[0]));
  const Shape& shape = lowering.graph().type(node.inputs[0]).shape;
  const std::int64_t axis = node.attrs.as<SoftmaxAttrs>().axis;
  if (axis != -1 && axis != shape.rank() - 1)
    return unsupported(node, "the engine's integer softmax takes the last axis");
  SoftmaxI8 p{.lines = shape.elements() / shape.back(),
              .axis = shape.back(),
              .is_signed = x.is_signed ? 1 : 0,
              .y_scale = y.scale};
  ExpTable table{};
  if (lowering.rounding() == Rounding::kFloat) {
    table = float_exps(x.scale);
  } else {
    if (x.scale * 67108864.0f <= 1.0f) return unsupported(node, "its input's scale is too small for fixed point");
    p.way = Requantise::kDouble;
    table = fixed_exps(x.scale, p.last);
  }
  const BufferId stored = lowering.constant(Bytes::copy_of(std::as_bytes(std::span(table))));
  lowering.step(step::softmax_i8, p, {lowering.buffer(node.inputs[0]), stored}, {lowering.buffer(node.outputs[0])},
                node);
  return {};
}

namespace {

Status lower_resize(Lowering& lowering, const Node& node, ResizeI8Way way, bool is_signed) {
  const Shape& x = lowering.graph().type(node.inputs[0]).shape;
  const Shape& y = lowering.graph().type(node.outputs[0]).shape;
  const ResizeI8 p{.image = {.batch = narrow(x[0]),
                             .in_h = narrow(x[1]),
                             .in_w = narrow(x[2]),
                             .channels = narrow(x[3]),
                             .out_h = narrow(y[1]),
                             .out_w = narrow(y[2]),
                             .grid = resize_grid(node.attrs.as<ResizeAttrs>().coordinates)},
                   .way = way,
                   .is_signed = is_signed ? 1 : 0};
  lowering.step(step::resize_i8, p, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace

Status lower_quant_resize_nearest(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, same_byte_tensor(lowering, node));
  return lower_resize(lowering, node, ResizeI8Way::kNearest, x.is_signed);
}

Status lower_quant_resize_bilinear(Lowering& lowering, const Node& node) {
  PAW_ASSIGN_OR_RETURN(const ByteTensor x, same_byte_tensor(lowering, node));
  const ResizeI8Way fixed = x.is_signed ? ResizeI8Way::kTen : ResizeI8Way::kFloat;
  return lower_resize(lowering, node, lowering.rounding() == Rounding::kFloat ? ResizeI8Way::kEleven : fixed,
                      x.is_signed);
}

}  // namespace paw
