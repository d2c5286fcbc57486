#include "vision/draw/geometry.h"

#include <algorithm>
#include <cmath>

namespace paw::draw {

namespace {

constexpr int kCircleSides = 40;
constexpr int kCurveSteps = 8;

double cross(Vec o, Vec a, Vec b) { return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x); }

Vec catmull_rom(Vec p0, Vec p1, Vec p2, Vec p3, double t) {
  const double t2 = t * t, t3 = t2 * t;
  return (p1 * 2 + (p2 - p0) * t + (p0 * 2 - p1 * 5 + p2 * 4 - p3) * t2 + (p1 * 3 - p0 - p2 * 3 + p3) * t3) * 0.5;
}

double signed_area(const Contour& contour) {
  double twice = 0;
  for (std::size_t i = 0; i < contour.size(); ++i) {
    const Vec a = contour[i], b = contour[(i + 1) % contour.size()];
    twice += a.x * b.y - a.y * b.x;
  }
  return twice / 2;
}

Shape one(Contour contour) {
  if (signed_area(contour) < 0) std::ranges::reverse(contour);
  Shape shape;
  shape.contours.push_back(std::move(contour));
  return shape;
}

void add_points(Contour& points, const Circle& c, int sides) {
  for (int i = 0; i < sides; ++i) points.push_back(c.center + direction(double(i) / sides) * c.radius);
}

// Andrew's monotone chain.
Contour convex_hull(Contour points) {
  std::ranges::sort(points, [](Vec a, Vec b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  Contour chain;
  for (int side = 0; side < 2; ++side) {
    const std::size_t first = chain.size();
    for (const Vec p : points) {
      while (chain.size() >= first + 2 && cross(chain[chain.size() - 2], chain.back(), p) <= 0) chain.pop_back();
      chain.push_back(p);
    }
    chain.pop_back();  // the other side starts there
    std::ranges::reverse(points);
  }
  return chain;
}

Vec unit(Vec v) {
  const double l = length(v);
  return l > 1e-12 ? v * (1 / l) : Vec{};
}

}  // namespace

double dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y; }
double length(Vec v) { return std::sqrt(dot(v, v)); }
Vec left_of(Vec v) { return {-v.y, v.x}; }
Vec mix(Vec a, Vec b, double t) { return a + (b - a) * t; }

double sin_turn(double turns) {
  double t = turns - std::floor(turns);  // [0, 1)
  const double sign = t >= 0.5 ? -1 : 1;
  if (t >= 0.5) t -= 0.5;
  if (t > 0.25) t = 0.5 - t;
  // Taylor series up to x^11; x is at most a quarter turn.
  const double x = t * 6.283185307179586, x2 = x * x;
  return sign * x * (1 - x2 / 6 * (1 - x2 / 20 * (1 - x2 / 42 * (1 - x2 / 72 * (1 - x2 / 110)))));
}

double cos_turn(double turns) { return sin_turn(turns + 0.25); }
Vec direction(double turns) { return {cos_turn(turns), sin_turn(turns)}; }

Affine Affine::operator*(const Affine& i) const {
  return {a * i.a + b * i.d, a * i.b + b * i.e, a * i.c + b * i.f + c,
          d * i.a + e * i.d, d * i.b + e * i.e, d * i.c + e * i.f + f};
}

Affine Affine::inverse() const {
  const double det = a * e - b * d;
  return {e / det, -b / det, (b * f - e * c) / det, -d / det, a / det, (d * c - a * f) / det};
}

double Affine::scale() const { return std::sqrt(std::abs(a * e - b * d)); }

Affine translation(Vec by) { return {1, 0, by.x, 0, 1, by.y}; }
Affine scaling(double x, double y) { return {x, 0, 0, 0, y, 0}; }
Affine rotation(double turns) {
  const double c = cos_turn(turns), s = sin_turn(turns);
  return {c, -s, 0, s, c, 0};
}

Shape& Shape::add(Shape other) {
  for (Contour& c : other.contours) contours.push_back(std::move(c));
  return *this;
}

Shape Shape::grown(double by) const {
  Shape result = *this;
  for (std::size_t k = 0; k < contours.size(); ++k) {
    const Contour& from = contours[k];
    const std::size_t n = from.size();
    for (std::size_t i = 0; i < n; ++i) {
      const Vec before = unit(from[i] - from[(i + n - 1) % n]), after = unit(from[(i + 1) % n] - from[i]);
      const Vec normal = unit(before + after);
      // Contours have positive area in a plane with y down: outwards is to the right of the way.
      const double sharpness = std::max(dot(normal, before), 0.5);  // a sharp corner moves by at most twice as much
      result.contours[k][i] = from[i] - left_of(normal) * (by / sharpness);
    }
  }
  return result;
}

Shape Shape::transformed(const Affine& by) const {
  Shape result = *this;
  for (Contour& contour : result.contours) {
    for (Vec& p : contour) p = by(p);
  }
  if (by.a * by.e - by.b * by.d < 0) {  // a mirror turns contours round
    for (Contour& contour : result.contours) std::ranges::reverse(contour);
  }
  return result;
}

Shape circle(Vec center, double radius) {
  Contour points;
  add_points(points, {center, radius}, kCircleSides);
  return one(std::move(points));
}

Shape ellipse(Vec center, double radius_x, double radius_y, double turns) {
  return circle({}, 1).transformed(translation(center) * rotation(turns) * scaling(radius_x, radius_y));
}

Shape polygon(std::span<const Vec> points) { return one({points.begin(), points.end()}); }

Shape rectangle(double left, double top, double right, double bottom) {
  return one({{left, top}, {right, top}, {right, bottom}, {left, bottom}});
}

Shape blob(std::span<const Vec> p) {
  const std::size_t n = p.size();
  Contour points;
  for (std::size_t i = 0; i < n; ++i) {
    for (int s = 0; s < kCurveSteps; ++s) {
      points.push_back(catmull_rom(p[(i + n - 1) % n], p[i], p[(i + 1) % n], p[(i + 2) % n], double(s) / kCurveSteps));
    }
  }
  return one(std::move(points));
}

Shape hull(std::span<const Circle> circles) {
  Contour points;
  for (const Circle& c : circles) add_points(points, c, kCircleSides);
  return one(convex_hull(std::move(points)));
}

Shape limb(std::span<const Circle> joints) {
  std::vector<Circle> along;
  const std::size_t n = joints.size();
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Circle &p0 = joints[i == 0 ? 0 : i - 1], &p3 = joints[std::min(i + 2, n - 1)];
    for (int s = 0; s < kCurveSteps; ++s) {
      const double t = double(s) / kCurveSteps;
      along.push_back({catmull_rom(p0.center, joints[i].center, joints[i + 1].center, p3.center, t),
                       joints[i].radius + (joints[i + 1].radius - joints[i].radius) * t});
    }
  }
  along.push_back(joints.back());
  Shape shape;
  for (std::size_t i = 0; i + 1 < along.size(); ++i) {
    Contour points;
    add_points(points, along[i], kCircleSides / 2);
    add_points(points, along[i + 1], kCircleSides / 2);
    shape.add(one(convex_hull(std::move(points))));
  }
  return shape;
}

}  // namespace paw::draw
