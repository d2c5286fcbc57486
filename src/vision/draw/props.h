// Things that stand around: each is painted at a place, `size` pixels tall, in colours of its own choosing.
#pragma once

#include "base/random.h"
#include "vision/draw/canvas.h"

namespace paw::draw {

void draw_tree(Canvas& canvas, Vec foot, double size, Random& random);
void draw_bush(Canvas& canvas, Vec foot, double size, Random& random);
void draw_cloud(Canvas& canvas, Vec center, double size, Random& random);
void draw_fence(Canvas& canvas, double ground, double size, Random& random);
void draw_window(Canvas& canvas, Vec corner, double size, Random& random);
void draw_frame(Canvas& canvas, Vec corner, double size, Random& random);
void draw_lamp(Canvas& canvas, Vec foot, double size, Random& random);
void draw_plant(Canvas& canvas, Vec foot, double size, Random& random);
void draw_sofa(Canvas& canvas, Vec foot, double size, Random& random);
void draw_shelf(Canvas& canvas, Vec foot, double size, Random& random);
void draw_cushion(Canvas& canvas, Vec foot, double size, Random& random);
void draw_box(Canvas& canvas, Vec foot, double size, Random& random);
void draw_ball(Canvas& canvas, Vec foot, double size, Random& random);
void draw_bowl(Canvas& canvas, Vec foot, double size, Random& random);
void draw_flowers(Canvas& canvas, Vec foot, double size, Random& random);
// A tuft of blades, `width` pixels wide.
void draw_grass(Canvas& canvas, Vec foot, double width, double size, Color color, Random& random);

}  // namespace paw::draw
