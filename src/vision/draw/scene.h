// Where the animal is: a room, a garden, a beach, a plain wall. Knows nothing of animals.
#pragma once

#include "base/random.h"
#include "vision/draw/canvas.h"

namespace paw::draw {

enum class Place : std::uint8_t { kRoom, kGarden, kMeadow, kBeach, kSnow, kStudio };

struct Scene {
  Place place = Place::kRoom;
  double horizon = 0.5;  // share of the height
  Color ground, wall;
  double background_blur = 0;  // pixels at 224
};

Scene make_scene(Random& random);
void draw_background(Canvas& canvas, const Scene& scene, Random& random);
// What stands in front of the animal, low in the picture; `ground` in pixels.
void draw_foreground(Canvas& canvas, const Scene& scene, double ground, Random& random);

}  // namespace paw::draw
