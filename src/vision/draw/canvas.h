// Colours, and the picture being painted: coverage of shapes by exact area, painted in order.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "vision/draw/geometry.h"
#include "vision/image.h"

namespace paw::draw {

// Red, green, blue as sRGB shows them, 0 to 1; painting may leave that range, image() cuts.
struct Color {
  float r = 0, g = 0, b = 0;
  Color operator+(Color o) const { return {r + o.r, g + o.g, b + o.b}; }
  Color operator*(float s) const { return {r * s, g * s, b * s}; }
  Color operator*(Color o) const { return {r * o.r, g * o.g, b * o.b}; }
};
Color mix(Color a, Color b, double t);
// Hue in turns, 0 red; saturation and value 0 to 1. One braced list: its parts are evaluated in order, which arguments
// of a function are not.
struct Hsv {
  double hue = 0, saturation = 0, value = 0;
};
Color hsv(Hsv c);
double brightness(Color c);

// Smooth noise in [-1, 1], features about 1 apart; a function of its arguments alone.
double smooth_noise(Vec at, std::uint64_t seed);

// How much of each pixel a shape covers, 0 to 1, within a box of pixels.
struct Mask {
  int left = 0, top = 0, width = 0, height = 0;
  std::vector<float> coverage;  // [height][width]
  bool empty() const { return coverage.empty(); }
};
// `shape` in pixels: pixel (i, j) is the square from (i, j) to (i + 1, j + 1). Cut at width x height.
Mask cover(const Shape& shape, int width, int height);

class Canvas {
 public:
  using Paint = std::function<Color(Vec)>;  // colour at a point, in pixels

  Canvas(int width, int height) : width_(width), height_(height), pixels_(std::size_t(width) * std::size_t(height)) {}
  int width() const { return width_; }
  int height() const { return height_; }
  Color& at(int x, int y) { return pixels_[std::size_t(y) * std::size_t(width_) + std::size_t(x)]; }

  void fill(const Shape& shape, Color color, double opacity = 1);
  void fill(const Shape& shape, const Paint& paint, double opacity = 1);
  // Darkens (factor below 1) or lightens what is there.
  void shade(const Shape& shape, double factor);
  void paint_all(const Paint& paint);
  // About a Gaussian of that standard deviation, in pixels: three box blurs. Below 0.3 nothing happens.
  void blur(double sigma);

  Image image() const;  // 8 bits, rounded

 private:
  int width_, height_;
  std::vector<Color> pixels_;
};

}  // namespace paw::draw
