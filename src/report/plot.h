// What charts share: axes with round steps, and a frame that turns values into places of an SVG picture.
#pragma once

#include <string>
#include <utility>

namespace paw {

struct Axis {
  double low = 0, high = 1, step = 0.2;
};

// 1, 2 or 5 times a power of ten: about `count` of them fit into `span`.
double nice_step(double span, int count);
// Round ends around [low, high]; of values that are all alike, some room around them; of none (low > high), 0 to 1.
Axis nice_axis(double low, double high, int count = 5);

// One chart of 480 x 300 at `left` of the picture. Everything is drawn into `svg()`. Text passes through escaped().
class Plot {
 public:
  static constexpr double kWidth = 480, kHeight = 300;
  static constexpr double kLeft = 56, kRight = 16, kTop = 56, kBottom = 44;

  Plot(double left, Axis x, Axis y) : left_(left), x_(x), y_(y) {}
  double x(double value) const;
  double y(double value) const;
  double first() const { return left_ + kLeft; }  // sides of the field
  double last() const { return left_ + kWidth - kRight; }

  void text(double at_x, double at_y, const char* anchor, const std::string& what, const char* kind);
  void line(const char* kind, double x1, double y1, double x2, double y2);
  void add(const std::string& svg) { svg_ += svg; }
  void title(const std::string& what) { text(first(), 22, "start", what, "title"); }
  void x_name(const std::string& what);
  void y_grid(bool percent);
  std::string take() { return std::move(svg_); }

 private:
  double left_;
  Axis x_, y_;
  std::string svg_;
};

// A number at a step's precision; a share as per cent.
std::string tick(double value, double step, bool percent);

// An inline picture of one chart, styled by the page; `label` says in words what it shows.
std::string inline_svg(const std::string& chart, const std::string& label);

}  // namespace paw
