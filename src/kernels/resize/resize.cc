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

namespace {

// to[c] += weight * from[c]; a pixel of weight 0 was never read.
void add_weighted(double weight, const float* from, float* to, std::int32_t channels) {
  if (weight == 0) return;
  const auto w = static_cast<float>(weight);
  for (std::int32_t c = 0; c < channels; ++c) to[c] += w * from[c];
}

}  // namespace

void resize_grad_f32(const ResizeF32& p, ResizePointFn point, const float* dy, float* dx, ResizePoint* columns,
                     Range units) {
  const std::int64_t channels = p.channels, line = p.in_w * channels;
  for (std::int32_t i = 0; i < p.out_w; ++i) columns[i] = point(p.grid, p.in_w, p.out_w, i);
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const std::int64_t iy = unit % p.in_h;
    const float* image = dy + unit / p.in_h * p.out_h * p.out_w * channels;
    float* to = dx + unit * line;
    for (std::int64_t i = 0; i < line; ++i) to[i] = 0.0f;
    for (std::int32_t oy = 0; oy < p.out_h; ++oy) {
      const ResizePoint row = point(p.grid, p.in_h, p.out_h, oy);
      const double share = (row.low == iy ? 1 - row.fraction : 0) + (row.high == iy ? row.fraction : 0);
      if (share == 0) continue;
      const float* from = image + oy * p.out_w * channels;
      for (std::int32_t ox = 0; ox < p.out_w; ++ox, from += channels) {
        const ResizePoint& column = columns[ox];
        add_weighted(share * (1 - column.fraction), from, to + column.low * channels, p.channels);
        add_weighted(share * column.fraction, from, to + column.high * channels, p.channels);
      }
    }
  }
}

}  // namespace paw
