// An animal's head, turned as its numbers say.
#pragma once

#include "vision/draw/painter.h"

namespace paw::draw {

// Coordinates of `painter`: the skull's centre at the origin, its radius about 1, y down.
void draw_head(const Painter& painter);

}  // namespace paw::draw
