#include "ops/resize_common.h"

#include <algorithm>
#include <cmath>

namespace paw {

std::span<const std::string_view> enum_names(ResizeCoordinates) {
  static constexpr std::string_view kNames[] = {"half_pixel", "asymmetric", "align_corners"};
  return kNames;
}

namespace {

// Extents are below 2^31: every product fits.
std::int64_t nearest_source(ResizeCoordinates coordinates, std::int64_t in, std::int64_t out, std::int64_t i) {
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel: return (2 * i + 1) * in / (2 * out);
    case ResizeCoordinates::kAsymmetric: return i * in / out;
    case ResizeCoordinates::kAlignCorners: break;
  }
  return out == 1 ? 0 : (2 * i * (in - 1) + (out - 1)) / (2 * (out - 1));
}

double bilinear_source(ResizeCoordinates coordinates, std::int64_t in, std::int64_t out, std::int64_t i) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const auto at = static_cast<double>(i);
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel: return (at + 0.5) * scale - 0.5;
    case ResizeCoordinates::kAsymmetric: return at * scale;
    case ResizeCoordinates::kAlignCorners: break;
  }
  return out == 1 ? 0.0 : at * static_cast<double>(in - 1) / static_cast<double>(out - 1);
}

Status check_input(const OpCall& call, const TensorType& x, std::array<std::int64_t, 2> size) {
  if (!x.is_real() || x.shape.rank() != 4) return call.error("expected real [N,H,W,C], got " + x.text());
  for (const std::int64_t extent : size) {
    if (extent < 1) return call.error("expected a size of at least 1, got " + std::to_string(extent));
  }
  return {};
}

// f(pixel of the large side's batch image `y`, pixel of x, weight) for every pair with a weight other than 0; y is the
// resized image, x its source.
template <class F>
void for_each_pair(ResizeMethod method, ResizeCoordinates coordinates, const Shape& x, const Shape& y, F f) {
  const std::vector<ResizeTap> rows = resize_taps(method, coordinates, x[1], y[1]);
  const std::vector<ResizeTap> columns = resize_taps(method, coordinates, x[2], y[2]);
  const auto height = static_cast<std::size_t>(x[1]), width = static_cast<std::size_t>(x[2]);
  std::size_t out = 0;
  for (std::size_t n = 0; n < static_cast<std::size_t>(x[0]); ++n) {
    for (const ResizeTap& row : rows) {
      for (const ResizeTap& column : columns) {
        for (const bool low_row : {true, false}) {
          const double row_weight = low_row ? 1 - row.fraction : row.fraction;
          const std::size_t line = (n * height + (low_row ? row.low : row.high)) * width;
          const double low = row_weight * (1 - column.fraction), high = row_weight * column.fraction;
          if (low != 0) f(out, line + column.low, low);
          if (high != 0) f(out, line + column.high, high);
        }
        ++out;
      }
    }
  }
}

}  // namespace

std::vector<ResizeTap> resize_taps(ResizeMethod method, ResizeCoordinates coordinates, std::int64_t in,
                                   std::int64_t out) {
  std::vector<ResizeTap> taps(static_cast<std::size_t>(out));
  for (std::int64_t i = 0; i < out; ++i) {
    ResizeTap& tap = taps[static_cast<std::size_t>(i)];
    if (method == ResizeMethod::kNearest) {
      tap.low = tap.high = static_cast<std::size_t>(nearest_source(coordinates, in, out, i));
      continue;
    }
    const double source = std::clamp(bilinear_source(coordinates, in, out, i), 0.0, static_cast<double>(in - 1));
    tap.low = static_cast<std::size_t>(source);
    tap.high = std::min(tap.low + 1, static_cast<std::size_t>(in - 1));
    tap.fraction = source - std::floor(source);
  }
  return taps;
}

Result<std::vector<TensorType>> infer_resize(const OpCall& call) {
  const TensorType& x = call.in(0);
  const auto& size = call.as<ResizeAttrs>().size;
  PAW_RETURN_IF_ERROR(check_input(call, x, size));
  if (x.quant != nullptr && x.quant->scale.size() != 1) {
    return call.error("expected one scale per tensor, got " + x.text());
  }
  return std::vector{TensorType{x.dtype, {x.shape[0], size[0], size[1], x.shape[3]}}};
}

Result<std::vector<TensorType>> infer_resize_grad(const OpCall& call) {
  const TensorType& dy = call.in(0);
  const auto& size = call.as<ResizeGradAttrs>().input_size;
  PAW_RETURN_IF_ERROR(check_input(call, dy, size));
  if (!is_float(dy.dtype)) return call.error("expected dy of a float type, got " + dy.text());
  return std::vector{TensorType{dy.dtype, {dy.shape[0], size[0], size[1], dy.shape[3]}}};
}

void eval_resize(const EvalArgs& args, ResizeMethod method) {
  const RefTensor& x = *args.in[0];
  RefTensor& y = args.out[0];
  const auto channels = static_cast<std::size_t>(x.shape[3]);
  for_each_pair(method, args.call.as<ResizeAttrs>().coordinates, x.shape, y.shape,
                [&](std::size_t out, std::size_t in, double weight) {
                  for (std::size_t c = 0; c < channels; ++c) {
                    y.data[out * channels + c] += weight * x.data[in * channels + c];
                  }
                });
}

void eval_resize_grad(const EvalArgs& args, ResizeMethod method) {
  const RefTensor& dy = *args.in[0];
  RefTensor& dx = args.out[0];
  const auto channels = static_cast<std::size_t>(dy.shape[3]);
  for_each_pair(method, args.call.as<ResizeGradAttrs>().coordinates, dx.shape, dy.shape,
                [&](std::size_t out, std::size_t in, double weight) {
                  for (std::size_t c = 0; c < channels; ++c) {
                    dx.data[in * channels + c] += weight * dy.data[out * channels + c];
                  }
                });
}

std::vector<ValueId> resize_gradient(GradContext& g, const OpDef& op) {
  const Shape x = g.type(g.in(0)).shape;
  return {g.call(op, {g.grad()}, ResizeGradAttrs{{x[1], x[2]}, g.attrs<ResizeAttrs>().coordinates})};
}

std::vector<ValueId> resize_grad_gradient(GradContext& g, const OpDef& op) {
  const Shape dy = g.type(g.in(0)).shape;
  return {g.call(op, {g.grad()}, ResizeAttrs{{dy[1], dy[2]}, g.attrs<ResizeGradAttrs>().coordinates})};
}

namespace {

struct Example {
  const char* name;
  Shape x;
  std::array<std::int64_t, 2> size;
  ResizeCoordinates coordinates;
};
const std::array<Example, 5>& examples() {
  static const std::array<Example, 5> kExamples = {{
      {"double", {1, 2, 3, 2}, {4, 6}, ResizeCoordinates::kHalfPixel},
      {"shrink", {2, 5, 7, 1}, {3, 2}, ResizeCoordinates::kHalfPixel},
      {"asymmetric", {1, 3, 4, 3}, {5, 3}, ResizeCoordinates::kAsymmetric},
      {"align_corners", {1, 3, 4, 2}, {5, 7}, ResizeCoordinates::kAlignCorners},
      {"to_one", {1, 3, 2, 2}, {1, 1}, ResizeCoordinates::kAlignCorners},
  }};
  return kExamples;
}

}  // namespace

std::vector<OpCase> resize_cases() {
  std::vector<OpCase> cases;
  for (const Example& e : examples()) {
    cases.push_back(
        {.name = e.name, .inputs = {{.type = {DType::kF32, e.x}}}, .attrs = ResizeAttrs{e.size, e.coordinates}});
  }
  return cases;
}

std::vector<OpCase> resize_grad_cases() {
  std::vector<OpCase> cases;
  for (const Example& e : examples()) {
    cases.push_back({.name = e.name,
                     .inputs = {{.type = {DType::kF32, {e.x[0], e.size[0], e.size[1], e.x[3]}}}},
                     .attrs = ResizeGradAttrs{{e.x[1], e.x[2]}, e.coordinates}});
  }
  return cases;
}

}  // namespace paw
