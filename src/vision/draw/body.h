// An animal's body in its pose, and the head on it.
#pragma once

#include "vision/draw/painter.h"

namespace paw::draw {

// Where the parts are, in head radii; the ground is y = 0, the animal faces +x.
struct Extent {
  double left = 0, top = 0, right = 0, bottom = 0;
  Vec head;  // centre of the skull
};
Extent extent_of(const Animal& animal);

// The whole animal.
void draw_animal(const Painter& painter);

}  // namespace paw::draw
