// Shapes as closed contours in the plane, y down. Everything here is additions, products and square roots, which IEEE
// 754 fixes to the last bit: the C library's sine is not used, because its last bit differs between machines.
#pragma once

#include <span>
#include <vector>

namespace paw::draw {

struct Vec {
  double x = 0, y = 0;
  Vec operator+(Vec o) const { return {x + o.x, y + o.y}; }
  Vec operator-(Vec o) const { return {x - o.x, y - o.y}; }
  Vec operator*(double s) const { return {x * s, y * s}; }
};

double dot(Vec a, Vec b);
double length(Vec v);
// A quarter turn from +x to +y.
Vec left_of(Vec v);
Vec mix(Vec a, Vec b, double t);

// Sine and cosine of `turns` full turns; error below 1e-6.
double sin_turn(double turns);
double cos_turn(double turns);
// Unit vector at `turns` from +x towards +y.
Vec direction(double turns);

// x' = a x + b y + c, y' = d x + e y + f.
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
  Vec operator()(Vec p) const { return {a * p.x + b * p.y + c, d * p.x + e * p.y + f}; }
  Affine operator*(const Affine& inner) const;  // this after inner
  Affine inverse() const;                       // requires a determinant that is not 0
  double scale() const;                         // square root of the area of a unit square
};
Affine translation(Vec by);
Affine scaling(double x, double y);
Affine rotation(double turns);

struct Circle {
  Vec center;
  double radius = 0;
};

using Contour = std::vector<Vec>;

// The union of its contours. Builders make every contour turn the same way, so that overlaps do not cancel.
struct Shape {
  std::vector<Contour> contours;

  Shape& add(Shape other);
  // Moved outwards by `by` along its normals (inwards when negative).
  Shape grown(double by) const;
  Shape transformed(const Affine& by) const;
};

Shape circle(Vec center, double radius);
Shape ellipse(Vec center, double radius_x, double radius_y, double turns = 0);
Shape polygon(std::span<const Vec> points);
// Smooth closed curve through the points (uniform Catmull-Rom).
Shape blob(std::span<const Vec> points);
// Convex hull of circles: what two or more balls look like under a tight skin.
Shape hull(std::span<const Circle> circles);
// A limb: circles along a smooth open curve through the given ones, joined by hulls.
Shape limb(std::span<const Circle> circles);
Shape rectangle(double left, double top, double right, double bottom);

}  // namespace paw::draw
