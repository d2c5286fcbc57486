#include "vision/draw/painter.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace paw::draw {

namespace {

constexpr double kRim = 0.045;          // thickness of the dark rim, in head radii
constexpr double kTuftSpacing = 0.075;  // between points of a ragged outline

// Outline of long fur: points about kTuftSpacing apart, moved outwards by up to `height`.
Shape with_tufts(const Shape& shape, double height, std::uint64_t seed) {
  Shape result;
  for (std::size_t k = 0; k < shape.contours.size(); ++k) {
    const Contour& from = shape.contours[k];
    Contour to;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Vec a = from[i], b = from[(i + 1) % from.size()];
      const double side = length(b - a);
      if (side < 1e-9) continue;
      const Vec outwards = left_of(b - a) * (-1 / side);
      const int steps = std::max(1, static_cast<int>(std::lround(side / kTuftSpacing)));
      for (int s = 0; s < steps; ++s) {
        const double by = height * random_uniform(seed, k, to.size());
        to.push_back(mix(a, b, double(s) / steps) + outwards * by);
      }
    }
    result.contours.push_back(std::move(to));
  }
  return result;
}

}  // namespace

Color Painter::rim_color() const {
  const Color dark = animal_.fur.base * 0.35f;
  return {dark.r, dark.g * 0.95f, dark.b * 0.92f};
}

void Painter::fur(const Shape& shape, Region region, Vec center, double radius, bool rim) const {
  const Fur& fur = animal_.fur;
  const bool ragged = fur.fluff > 0 && region != Region::kPaw && region != Region::kMuzzle && region != Region::kLeg;
  const Shape outline = ragged ? with_tufts(shape, fur.fluff, fur.seed) : shape;
  if (rim) canvas_.fill(outline.grown(kRim).transformed(place_), rim_color(), animal_.outline);
  const Vec light = animal_.light;
  canvas_.fill(outline.transformed(place_), [&](Vec pixel) {
    const Vec at = back_(pixel);
    const Vec n = (at - center) * (1 / radius);
    // Half of the light is diffuse; the edge of the ball turns away from it.
    const double lit = 1 + 0.17 * std::clamp(dot(n, light), -1.3, 1.3) - 0.10 * std::min(dot(n, n), 1.6);
    return fur.color(at, region) * static_cast<float>(lit + 0.06);
  });
}

void Painter::flat(const Shape& shape, Color color, double opacity) const {
  canvas_.fill(shape.transformed(place_), color, opacity);
}

void Painter::line(std::initializer_list<Vec> points, double thickness, Color color, double opacity) const {
  std::vector<Circle> joints;
  for (const Vec p : points) joints.push_back({p, thickness / 2});
  flat(limb(joints), color, opacity);
}

}  // namespace paw::draw
