#include "vision/draw/canvas.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace paw::draw {

namespace {

// Adds the signed area that the line from a to b leaves to its right, as differences along rows: summing a row from the
// left gives coverage. Points are in pixels of the mask and inside it, except that x may lie beyond its right edge.
void add_edge(Mask& mask, Vec a, Vec b) {
  if (a.y == b.y) return;
  const double sign = a.y < b.y ? 1 : -1;
  if (a.y > b.y) std::swap(a, b);
  const double slope = (b.x - a.x) / (b.y - a.y);
  const int last_row = std::min(mask.height - 1, static_cast<int>(std::floor(b.y)));
  for (int row = std::max(0, static_cast<int>(std::floor(a.y))); row <= last_row; ++row) {
    const double y0 = std::max(a.y, double(row)), y1 = std::min(b.y, double(row) + 1);
    if (y1 <= y0) continue;
    const double area = sign * (y1 - y0);
    double x0 = a.x + (y0 - a.y) * slope, x1 = a.x + (y1 - a.y) * slope;
    if (x0 > x1) std::swap(x0, x1);
    x0 = std::clamp(x0, 0.0, double(mask.width));
    x1 = std::clamp(x1, 0.0, double(mask.width));
    float* cells = mask.coverage.data() + std::size_t(row) * std::size_t(mask.width);
    const auto add = [&](int column, double amount) {
      if (column < mask.width) cells[column] += static_cast<float>(amount);
    };
    const int c0 = static_cast<int>(std::floor(x0)), c1 = static_cast<int>(std::floor(x1));
    if (c0 == c1) {
      const double inside = 1 - ((x0 + x1) / 2 - c0);
      add(c0, area * inside);
      add(c0 + 1, area * (1 - inside));
      continue;
    }
    // Over several columns: what lies left of column edge e within the row, differenced twice.
    double before = 0;
    const double per_x = area / (x1 - x0);
    double total_before = 0;
    for (int c = c0; c <= c1 + 1; ++c) {
      // Integral of the edge's share that is left of x, from -inf to c + 1.
      const double reach = std::clamp(double(c) + 1, x0, x1) - x0;
      const double beyond = std::max(0.0, double(c) + 1 - x1);
      const double integral = per_x * reach * reach / 2 + area * beyond;
      const double covered = integral - before;
      add(c, covered - total_before);
      total_before = covered;
      before = integral;
    }
  }
}

void box_blur_line(const Color* in, Color* out, int count, std::ptrdiff_t stride, int radius) {
  const auto at = [&](int i) { return in[std::clamp(i, 0, count - 1) * stride]; };
  Color sum{};
  for (int i = -radius; i <= radius; ++i) sum = sum + at(i);
  const float scale = 1.0f / static_cast<float>(2 * radius + 1);
  for (int i = 0; i < count; ++i) {
    out[i * stride] = sum * scale;
    sum = sum + at(i + radius + 1) + at(i - radius) * -1.0f;
  }
}

double lattice(std::int64_t x, std::int64_t y, std::uint64_t seed) {
  const auto place = (static_cast<std::uint64_t>(x) << 32) ^ (static_cast<std::uint64_t>(y) & 0xFFFFFFFFu);
  return 2 * random_uniform(seed, 0x6e6f697365, place) - 1;
}

}  // namespace

Color mix(Color a, Color b, double t) { return a + (b + a * -1.0f) * static_cast<float>(t); }

Color hsv(Hsv c) {
  const auto channel = [&](double shift) {
    double h = c.hue + shift;
    h -= std::floor(h);
    const double ramp = std::clamp(std::abs(h * 6 - 3) - 1, 0.0, 1.0);
    return static_cast<float>(c.value * (1 - c.saturation * (1 - ramp)));
  };
  return {channel(0), channel(2.0 / 3), channel(1.0 / 3)};
}

double brightness(Color c) { return 0.299 * double(c.r) + 0.587 * double(c.g) + 0.114 * double(c.b); }

double smooth_noise(Vec at, std::uint64_t seed) {
  const double fx = std::floor(at.x), fy = std::floor(at.y);
  const auto x = static_cast<std::int64_t>(fx), y = static_cast<std::int64_t>(fy);
  double u = at.x - fx, v = at.y - fy;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const double top = lattice(x, y, seed) * (1 - u) + lattice(x + 1, y, seed) * u;
  const double bottom = lattice(x, y + 1, seed) * (1 - u) + lattice(x + 1, y + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

Mask cover(const Shape& shape, int width, int height) {
  double left = width, top = height, right = 0, bottom = 0;
  for (const Contour& contour : shape.contours) {
    for (const Vec p : contour) {
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
  }
  Mask mask;
  const auto cut = [](double v, int limit) { return static_cast<int>(std::clamp(v, 0.0, double(limit))); };
  mask.left = cut(std::floor(left), width);
  mask.top = cut(std::floor(top), height);
  mask.width = cut(std::floor(right) + 1, width) - mask.left;
  mask.height = cut(std::floor(bottom) + 1, height) - mask.top;
  if (mask.width <= 0 || mask.height <= 0) return {};
  mask.coverage.assign(std::size_t(mask.width) * std::size_t(mask.height), 0.0f);
  const Vec origin{double(mask.left), double(mask.top)};
  for (const Contour& contour : shape.contours) {
    for (std::size_t i = 0; i < contour.size(); ++i) {
      add_edge(mask, contour[i] - origin, contour[(i + 1) % contour.size()] - origin);
    }
  }
  for (int row = 0; row < mask.height; ++row) {
    float sum = 0;
    float* cells = mask.coverage.data() + std::size_t(row) * std::size_t(mask.width);
    for (int column = 0; column < mask.width; ++column) {
      sum += cells[column];
      cells[column] = std::min(std::abs(sum), 1.0f);
    }
  }
  return mask;
}

void Canvas::fill(const Shape& shape, const Paint& paint, double opacity) {
  const Mask mask = cover(shape, width_, height_);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const float share = mask.coverage[std::size_t(y) * std::size_t(mask.width) + std::size_t(x)];
      if (share <= 0.002f) continue;
      Color& pixel = at(mask.left + x, mask.top + y);
      const Color color = paint({mask.left + x + 0.5, mask.top + y + 0.5});
      pixel = mix(pixel, color, double(share) * opacity);
    }
  }
}

void Canvas::fill(const Shape& shape, Color color, double opacity) {
  fill(shape, [color](Vec) { return color; }, opacity);
}

void Canvas::shade(const Shape& shape, double factor) {
  const Mask mask = cover(shape, width_, height_);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const float share = mask.coverage[std::size_t(y) * std::size_t(mask.width) + std::size_t(x)];
      Color& pixel = at(mask.left + x, mask.top + y);
      pixel = pixel * (1 + share * (static_cast<float>(factor) - 1));
    }
  }
}

void Canvas::paint_all(const Paint& paint) {
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) at(x, y) = paint({x + 0.5, y + 0.5});
  }
}

void Canvas::blur(double sigma) {
  if (sigma < 0.3) return;
  // Three boxes of width w have variance (w^2 - 1) / 4. Widths are odd: blend with the unblurred for the rest.
  const double wanted = std::sqrt(4 * sigma * sigma + 1);
  const int radius = std::max(1, static_cast<int>(std::lround((wanted - 1) / 2)));
  const double got = ((2.0 * radius + 1) * (2.0 * radius + 1) - 1) / 4;
  const double share = std::min(1.0, sigma * sigma / got);
  std::vector<Color> from = pixels_, to(pixels_.size());
  for (int pass = 0; pass < 3; ++pass) {
    for (int y = 0; y < height_; ++y) {
      const std::size_t row = std::size_t(y) * std::size_t(width_);
      box_blur_line(&from[row], &to[row], width_, 1, radius);
    }
    for (int x = 0; x < width_; ++x) {
      box_blur_line(&to[std::size_t(x)], &from[std::size_t(x)], height_, width_, radius);
    }
  }
  for (std::size_t i = 0; i < pixels_.size(); ++i) pixels_[i] = mix(pixels_[i], from[i], share);
}

Image Canvas::image() const {
  Image image{.width = width_, .height = height_, .rgb = {}};
  image.rgb.reserve(pixels_.size() * 3);
  for (const Color& c : pixels_) {
    for (const float v : {c.r, c.g, c.b}) {
      image.rgb.push_back(static_cast<std::uint8_t>(std::floor(std::clamp(v, 0.0f, 1.0f) * 255.0f + 0.5f)));
    }
  }
  return image;
}

}  // namespace paw::draw
