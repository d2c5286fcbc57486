#include "vision/draw/scene.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "vision/draw/props.h"

namespace paw::draw {

namespace {

using Prop = void (*)(Canvas&, Vec, double, Random&);

constexpr Prop kIndoors[] = {draw_lamp, draw_plant, draw_sofa, draw_shelf, draw_cushion, draw_box, draw_plant};
constexpr Prop kOutdoors[] = {draw_tree, draw_bush, draw_flowers, draw_tree, draw_bush};
constexpr Prop kSmall[] = {draw_ball, draw_bowl, draw_cushion, draw_box, draw_flowers};

bool indoors(Place place) { return place == Place::kRoom || place == Place::kStudio; }

// Floors and lawns: lighter towards the viewer, with a pattern of their own.
void draw_ground(Canvas& canvas, const Scene& scene, Random& r) {
  const double h = canvas.height(), top = scene.horizon * h;
  const std::uint64_t seed = r.bits();
  const double pattern = r.uniform(), plank = h * r.uniform(0.06, 0.14);
  canvas.fill(rectangle(0, top, canvas.width(), h), [&](Vec p) {
    const double near = (p.y - top) / (h - top + 1);
    double light = 0.88 + 0.2 * near;
    if (scene.place == Place::kRoom && pattern < 0.5) {  // planks, or tiles
      const double row = (p.y - top) / (plank * (0.5 + near));
      const bool joint = row - std::floor(row) < 0.1;
      light *= joint ? 0.8 : 1 + 0.05 * smooth_noise({p.x / plank * 0.3, std::floor(row) * 7}, seed);
    } else {
      light *= 1 + 0.12 * smooth_noise({p.x / (h * 0.02), p.y / (h * 0.012)}, seed) +
               0.08 * smooth_noise({p.x / (h * 0.15), p.y / (h * 0.08)}, seed + 1);
    }
    return scene.ground * static_cast<float>(light);
  });
}

void draw_wall(Canvas& canvas, const Scene& scene, Random& r) {
  const double w = canvas.width(), h = canvas.height();
  const int pattern = static_cast<int>(r.below(4));
  const double gap = w * r.uniform(0.06, 0.15), slant = r.uniform(-0.3, 0.3), from = r.uniform(0.8, 1.15),
               to = r.uniform(0.8, 1.15);
  const Color second = scene.wall * static_cast<float>(r.uniform(0.8, 1.15));
  canvas.paint_all([&](Vec p) {
    const double light = from + (to - from) * (p.x / w + slant * p.y / h);
    Color c = scene.wall;
    if (pattern == 1) {
      const double stripe = p.x / gap - std::floor(p.x / gap);
      if (stripe < 0.5) c = second;
    } else if (pattern == 2) {
      const double u = p.x / gap - std::floor(p.x / gap) - 0.5, v = p.y / gap - std::floor(p.y / gap) - 0.5;
      if (u * u + v * v < 0.05) c = second;
    }
    return c * static_cast<float>(light);
  });
  if (scene.place != Place::kRoom) return;
  const double base = scene.horizon * h;
  canvas.fill(rectangle(0, base - h * 0.03, w, base), scene.wall * 1.12f);
}

void draw_room(Canvas& canvas, const Scene& scene, Random& r) {
  const double w = canvas.width(), h = canvas.height();
  draw_wall(canvas, scene, r);
  draw_ground(canvas, scene, r);
  for (std::uint64_t i = r.below(3); i > 0; --i) {
    const Vec corner{w * r.uniform(-0.1, 0.9), h * scene.horizon * r.uniform(0.0, 0.4)};
    const double size = h * scene.horizon * r.uniform(0.3, 0.6);
    if (r.uniform() < 0.5) {
      draw_window(canvas, corner, size, r);
    } else {
      draw_frame(canvas, corner, size * 0.7, r);
    }
  }
  for (std::uint64_t i = 1 + r.below(3); i > 0; --i) {
    const Prop prop = kIndoors[r.below(std::size(kIndoors))];
    const Vec foot{w * r.uniform(-0.05, 1.05), h * (scene.horizon + r.uniform(0.02, 0.12))};
    prop(canvas, foot, h * r.uniform(0.25, 0.6), r);
  }
}

void draw_studio(Canvas& canvas, const Scene& scene, Random& r) {
  const double w = canvas.width(), h = canvas.height();
  const Vec light{w * r.uniform(0.2, 0.8), h * r.uniform(0.1, 0.6)};
  const float fall = static_cast<float>(r.uniform(0.2, 0.6));
  canvas.paint_all([&](Vec p) {
    const Vec d = (p - light) * (1 / h);
    return scene.wall * (1.1f - fall * static_cast<float>(std::min(dot(d, d), 1.2)));
  });
  for (std::uint64_t i = r.below(14); i > 0; --i) {  // lights out of focus
    const double hue = r.uniform(), x = r.uniform(), y = r.uniform();
    canvas.fill(circle({w * x, h * y}, h * r.uniform(0.02, 0.09)), hsv({hue, 0.4, 1}), 0.25);
  }
}

void draw_sky(Canvas& canvas, const Scene& scene, Random& r) {
  const double hue = r.uniform(0.53, 0.62), saturation = r.uniform(0.1, 0.55);
  const Color top = hsv({hue, saturation, r.uniform(0.7, 0.98)});
  const Color haze = r.uniform() < 0.25 ? Color{1, 0.75f, 0.5f} : Color{1, 1, 1};
  const Color low = mix(top, haze, r.uniform(0.3, 0.8));
  const double base = scene.horizon * canvas.height();
  canvas.paint_all([&](Vec p) { return mix(top, low, std::min(1.0, p.y / (base + 1))); });
  for (std::uint64_t i = r.below(4); i > 0; --i) {
    const Vec at{canvas.width() * r.uniform(), base * r.uniform(0.1, 0.7)};
    draw_cloud(canvas, at, canvas.width() * r.uniform(0.12, 0.3), r);
  }
}

// A ridge of hills, or the sea, along the horizon.
void draw_distance(Canvas& canvas, const Scene& scene, Random& r) {
  const double w = canvas.width(), base = scene.horizon * canvas.height();
  if (scene.place == Place::kBeach) {
    const double sea = base - canvas.height() * r.uniform(0.05, 0.2);
    canvas.fill(rectangle(0, sea, w, base), hsv({r.uniform(0.5, 0.6), r.uniform(0.35, 0.7), r.uniform(0.5, 0.8)}));
    return;
  }
  const Color far = mix(scene.ground, Color{0.6f, 0.7f, 0.85f}, r.uniform(0.3, 0.7));
  for (int i = 0; i < 2; ++i) {
    const Vec center{w * r.uniform(), base + canvas.height() * 0.1};
    const Vec radii{w * r.uniform(0.3, 0.7), canvas.height() * r.uniform(0.15, 0.3)};
    canvas.fill(ellipse(center, radii.x, radii.y), far * static_cast<float>(1 - 0.1 * i));
  }
}

void draw_outdoors(Canvas& canvas, const Scene& scene, Random& r) {
  const double w = canvas.width(), h = canvas.height(), base = scene.horizon * h;
  draw_sky(canvas, scene, r);
  draw_distance(canvas, scene, r);
  draw_ground(canvas, scene, r);
  if (scene.place == Place::kGarden && r.uniform() < 0.6)
    draw_fence(canvas, base + h * 0.05, h * r.uniform(0.15, 0.35), r);
  const std::uint64_t count = scene.place == Place::kBeach ? r.below(2) : 1 + r.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Prop prop = kOutdoors[r.below(std::size(kOutdoors))];
    const Vec foot{w * r.uniform(-0.05, 1.05), base + h * r.uniform(0.0, 0.1)};
    prop(canvas, foot, h * r.uniform(0.15, 0.5), r);
  }
  if (scene.place == Place::kBeach || scene.place == Place::kSnow) return;
  for (int i = 0; i < 5; ++i) {
    draw_grass(canvas, {w * r.uniform(), base + (h - base) * r.uniform(0.1, 1)}, w * 0.15, h * 0.06, scene.ground, r);
  }
}

}  // namespace

Scene make_scene(Random& r) {
  Scene scene;
  scene.place = static_cast<Place>(r.below(7) % 6);  // rooms twice as often
  scene.horizon = r.uniform(0.35, 0.75);
  const double hue = r.uniform(), saturation = r.uniform(0.05, 0.5);
  scene.wall = hsv({hue, saturation, r.uniform(0.35, 0.95)});
  switch (scene.place) {
    case Place::kRoom:
    case Place::kStudio: scene.ground = hsv({r.uniform(0.0, 0.15), r.uniform(0.1, 0.55), r.uniform(0.3, 0.8)}); break;
    case Place::kBeach: scene.ground = hsv({r.uniform(0.09, 0.13), r.uniform(0.2, 0.45), r.uniform(0.7, 0.92)}); break;
    case Place::kSnow: scene.ground = hsv({r.uniform(0.55, 0.65), r.uniform(0.0, 0.1), r.uniform(0.85, 0.97)}); break;
    case Place::kGarden:
    case Place::kMeadow: scene.ground = hsv({r.uniform(0.17, 0.36), r.uniform(0.3, 0.65), r.uniform(0.35, 0.7)}); break;
  }
  scene.background_blur = r.uniform() < 0.75 ? r.uniform(0.6, 3.5) : 0;
  return scene;
}

void draw_background(Canvas& canvas, const Scene& scene, Random& random) {
  switch (scene.place) {
    case Place::kRoom: draw_room(canvas, scene, random); break;
    case Place::kStudio: draw_studio(canvas, scene, random); break;
    default: draw_outdoors(canvas, scene, random); break;
  }
  canvas.blur(scene.background_blur * canvas.height() / 224);
}

void draw_foreground(Canvas& canvas, const Scene& scene, double ground, Random& r) {
  const double w = canvas.width(), h = canvas.height();
  const double place = r.uniform();
  if (place < 0.28) {  // a small thing beside the feet
    const Prop prop = kSmall[r.below(std::size(kSmall))];
    const Vec foot{w * r.uniform(), std::min(ground + h * r.uniform(0.0, 0.08), h)};
    prop(canvas, foot, h * r.uniform(0.1, 0.24), r);
  } else if (place < 0.4 && !indoors(scene.place)) {
    draw_grass(canvas, {w / 2, h + 2}, w * 1.1, h * r.uniform(0.1, 0.25), scene.ground, r);
  } else if (place < 0.46) {  // leaves close to the lens
    const double side = r.uniform() < 0.5 ? 0 : w;
    const double foot = h * r.uniform(1.0, 1.3);
    draw_plant(canvas, {side, foot}, h * r.uniform(0.6, 1.0), r);
  } else if (place < 0.52) {
    draw_fence(canvas, h * 1.02, h * r.uniform(0.15, 0.3), r);
  }
}

}  // namespace paw::draw
