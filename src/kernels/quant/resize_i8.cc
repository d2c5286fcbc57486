// Which pixels a resized 8-bit image reads. Single precision as in the runtimes that are reproduced: where a coordinate
// falls between two pixels or just not, the result depends on it.
#include <cmath>

#include "kernels/quant/convert_i8.h"

namespace paw {

namespace {

struct Axis {
  ResizeGrid grid;
  std::int32_t in, out;
  bool aligned() const { return grid == ResizeGrid::kAlignCorners && out > 1; }
  float scale() const {
    return aligned() ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                     : static_cast<float>(in) / static_cast<float>(out);
  }
};

std::int32_t within(std::int32_t i, std::int32_t in) { return clamped(i, 0, in - 1); }

ResizePointI8 nearest(const Axis& a, std::int32_t i) {
  const float at = static_cast<float>(i) + (a.grid == ResizeGrid::kHalfPixel ? 0.5f : 0.0f);
  const float source = a.grid == ResizeGrid::kAlignCorners ? std::round(at * a.scale()) : std::floor(at * a.scale());
  const std::int32_t pixel = within(static_cast<std::int32_t>(source), a.in);
  return {pixel, pixel, 0, 0};
}

ResizePointI8 eleven(const Axis& a, std::int32_t i) {
  const float scale = a.scale(), last = static_cast<float>(a.in - 1);
  float source = static_cast<float>(i) * scale;
  if (a.grid == ResizeGrid::kHalfPixel) source += 0.5f * scale - 0.5f;
  source = source > 0 ? source : 0;
  source = source < last ? source : last;
  const auto low = static_cast<std::int32_t>(source);
  const float fraction = source - static_cast<float>(low);
  return {low, within(low + 1, a.in), nearest_even(fraction * 2048.0f), fraction};
}

ResizePointI8 ten(const Axis& a, std::int32_t i) {
  const std::int64_t in = a.aligned() ? a.in - 1 : a.in, out = a.aligned() ? a.out - 1 : a.out;
  const std::int64_t scale = (1024 * in + out / 2) / out;
  const std::int64_t source = i * scale + (a.grid == ResizeGrid::kHalfPixel ? scale / 2 - 512 : 0);
  const std::int64_t floor = source / 1024, ceil = (source + 1023) / 1024;
  const std::int32_t low = within(static_cast<std::int32_t>(floor > 0 ? floor : 0), a.in);
  return {low, within(static_cast<std::int32_t>(ceil), a.in),
          static_cast<std::int32_t>(source - 1024 * std::int64_t{low}), 0};
}

ResizePointI8 floats(const Axis& a, std::int32_t i) {
  const bool half = a.grid == ResizeGrid::kHalfPixel;
  const float source = half ? (static_cast<float>(i) + 0.5f) * a.scale() - 0.5f : static_cast<float>(i) * a.scale();
  const std::int32_t low = within(static_cast<std::int32_t>(std::floor(source)), a.in);
  const std::int32_t high = within(static_cast<std::int32_t>(std::ceil(source)), a.in);
  return {low, high, 0, source - static_cast<float>(low)};
}

}  // namespace

ResizePointI8 resize_point_i8(ResizeI8Way way, ResizeGrid grid, std::int32_t in, std::int32_t out, std::int32_t i) {
  const Axis axis{grid, in, out};
  switch (way) {
    case ResizeI8Way::kEleven: return eleven(axis, i);
    case ResizeI8Way::kTen: return ten(axis, i);
    case ResizeI8Way::kFloat: return floats(axis, i);
    case ResizeI8Way::kNearest: break;
  }
  return nearest(axis, i);
}

}  // namespace paw
