// Paints parts of an animal: fur with a dark rim and light from one side, and flat things such as eyes.
#pragma once

#include "vision/draw/animal.h"
#include "vision/draw/canvas.h"

namespace paw::draw {

class Painter {
 public:
  // `place` takes the animal's coordinates (head radii) to pixels.
  Painter(Canvas& canvas, const Animal& animal, const Affine& place)
      : canvas_(canvas), animal_(animal), place_(place), back_(place.inverse()) {}

  // The same on the same canvas, in coordinates of a part: place * part.
  Painter inside(const Affine& part) const { return {canvas_, animal_, place_ * part}; }

  // Light falls on a ball of `radius` around `center`; rim false: joins what is behind without a line.
  void fur(const Shape& shape, Region region, Vec center, double radius, bool rim = true) const;
  void flat(const Shape& shape, Color color, double opacity = 1) const;
  void line(std::initializer_list<Vec> points, double thickness, Color color, double opacity = 1) const;

  Color rim_color() const;
  const Animal& animal() const { return animal_; }

 private:
  Canvas& canvas_;
  const Animal& animal_;
  Affine place_, back_;
};

}  // namespace paw::draw
