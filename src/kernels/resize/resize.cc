#include "kernels/resize/resize.h"

namespace paw {

namespace {

// As the reference computes it, in double: a coordinate that falls on a pixel must do so here too, because its other
// neighbour, maybe infinite, is then not read.
double bilinear_source(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i) {
  const double at = i;
  const double scale = static_cast<double>(in) / out;
  if (grid == ResizeGrid::kHalfPixel) return (at + 0.5) * scale - 0.5;
  if (grid == ResizeGrid::kAsymmetric) return at * scale;
  return out == 1 ? 0.0 : at * (in - 1) / (out - 1);
}

std::int64_t nearest_source(ResizeGrid grid, std::int64_t in, std::int64_t out, std::int64_t i) {
  if (grid == ResizeGrid::kHalfPixel) return (2 * i + 1) * in / (2 * out);
  if (grid == ResizeGrid::kAsymmetric) return i * in / out;
  return out == 1 ? 0 : (2 * i * (in - 1) + (out - 1)) / (2 * (out - 1));
}

}  // namespace

ResizePoint nearest_point(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i) {
  const auto source = static_cast<std::int32_t>(nearest_source(grid, in, out, i));
  return {source, source, 0.0};
}

ResizePoint bilinear_point(ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i) {
  const double last = in - 1;
  double source = bilinear_source(grid, in, out, i);
  source = source < 0.0 ? 0.0 : source > last ? last : source;
  const auto low = static_cast<std::int32_t>(source);
  return {low, low < in - 1 ? low + 1 : low, source - low};
}

}  // namespace paw
