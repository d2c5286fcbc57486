#include "vision/draw/props.h"

#include <array>

namespace paw::draw {

namespace {

Color any_color(Random& r, double saturation_low, double saturation_high) {
  const double hue = r.uniform(), saturation = r.uniform(saturation_low, saturation_high);
  return hsv({hue, saturation, r.uniform(0.35, 0.95)});
}

Color leaf_color(Random& r) {
  const double hue = r.uniform(0.2, 0.38), saturation = r.uniform(0.3, 0.7);
  return hsv({hue, saturation, r.uniform(0.3, 0.7)});
}

Color wood_color(Random& r) {
  const double hue = r.uniform(0.05, 0.1), saturation = r.uniform(0.3, 0.6);
  return hsv({hue, saturation, r.uniform(0.3, 0.75)});
}

// A ball of leaves, or a cloud: overlapping circles.
Shape fluffy(Vec center, double radius, int count, Random& r) {
  Shape shape = circle(center, radius * 0.7);
  for (int i = 0; i < count; ++i) {
    const Vec at = center + direction(double(i) / count) * (radius * r.uniform(0.45, 0.7));
    shape.add(circle(at, radius * r.uniform(0.35, 0.55)));
  }
  return shape;
}

void lit(Canvas& canvas, const Shape& shape, Color color, Vec center, double radius) {
  canvas.fill(shape, [=](Vec p) {
    const double up = (center.y - p.y) / radius + 0.5 * (center.x - p.x) / radius;
    return color * static_cast<float>(1 + 0.18 * up);
  });
}

Shape rounded(double left, double top, double right, double bottom, double radius) {
  const std::array<Circle, 4> corners = {Circle{{left + radius, top + radius}, radius},
                                         {{right - radius, top + radius}, radius},
                                         {{right - radius, bottom - radius}, radius},
                                         {{left + radius, bottom - radius}, radius}};
  return hull(corners);
}

}  // namespace

void draw_tree(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color bark = wood_color(r) * 0.8f, leaves = leaf_color(r);
  const double w = size * 0.05;
  canvas.fill(rectangle(foot.x - w, foot.y - size * 0.5, foot.x + w, foot.y), bark);
  if (r.uniform() < 0.2) {  // a fir
    for (int i = 0; i < 3; ++i) {
      const double y = foot.y - size * (0.2 + 0.24 * i), half = size * (0.28 - 0.06 * i);
      const std::array corners = {Vec{foot.x - half, y}, Vec{foot.x, y - size * 0.36}, Vec{foot.x + half, y}};
      canvas.fill(polygon(corners), leaves * static_cast<float>(0.75 + 0.1 * i));
    }
    return;
  }
  const Vec crown{foot.x, foot.y - size * 0.68};
  lit(canvas, fluffy(crown, size * 0.36, 8, r), leaves, crown, size * 0.36);
}

void draw_bush(Canvas& canvas, Vec foot, double size, Random& r) {
  const Vec center{foot.x, foot.y - size * 0.4};
  const Color leaves = leaf_color(r);
  lit(canvas, fluffy(center, size * 0.6, 9, r), leaves, center, size * 0.6);
}

void draw_cloud(Canvas& canvas, Vec center, double size, Random& r) {
  for (int i = -2; i <= 2; ++i) {
    const double radius = size * r.uniform(0.2, 0.36);
    canvas.fill(ellipse(center + Vec{i * size * 0.26, r.uniform(-0.1, 0.1) * size}, radius * 1.3, radius * 0.8),
                {1, 1, 1}, 0.75);
  }
}

void draw_fence(Canvas& canvas, double ground, double size, Random& r) {
  const Color color = r.uniform() < 0.4 ? Color{0.92f, 0.92f, 0.9f} : wood_color(r);
  const double gap = size * r.uniform(0.35, 0.6), w = gap * 0.3;
  for (const double y : {0.3, 0.75}) {
    canvas.fill(rectangle(0, ground - size * y - w * 0.5, canvas.width(), ground - size * y + w * 0.4), color * 0.8f);
  }
  for (double x = r.uniform(0, gap) - gap; x < canvas.width() + gap; x += gap) {
    canvas.fill(rounded(x - w, ground - size, x + w, ground + w, w * 0.6), color);
  }
}

void draw_window(Canvas& canvas, Vec corner, double size, Random& r) {
  const double w = size * r.uniform(0.7, 1.1), b = size * 0.05;
  const Color bar = r.uniform() < 0.7 ? Color{0.93f, 0.92f, 0.9f} : wood_color(r);
  const Color sky = hsv({r.uniform(0.52, 0.62), r.uniform(0.15, 0.5), r.uniform(0.75, 1.0)});
  canvas.fill(rectangle(corner.x - b, corner.y - b, corner.x + w + b, corner.y + size + b), bar);
  canvas.fill(rectangle(corner.x, corner.y, corner.x + w, corner.y + size),
              [&](Vec p) { return mix(sky, Color{1, 1, 1}, 0.5 * (p.y - corner.y) / size); });
  canvas.fill(rectangle(corner.x + w / 2 - b / 3, corner.y, corner.x + w / 2 + b / 3, corner.y + size), bar);
  canvas.fill(rectangle(corner.x, corner.y + size / 2 - b / 3, corner.x + w, corner.y + size / 2 + b / 3), bar);
  if (r.uniform() < 0.5) {
    const Color curtain = any_color(r, 0.2, 0.6);
    for (const double x : {corner.x - 2 * b, corner.x + w - size * 0.12}) {
      canvas.fill(rectangle(x, corner.y - 2 * b, x + size * 0.2, corner.y + size * 1.15), curtain);
    }
  }
}

void draw_frame(Canvas& canvas, Vec corner, double size, Random& r) {
  const double w = size * r.uniform(0.7, 1.3), b = size * 0.07;
  canvas.fill(rectangle(corner.x - b, corner.y - b, corner.x + w + b, corner.y + size + b), wood_color(r) * 0.7f);
  canvas.fill(rectangle(corner.x, corner.y, corner.x + w, corner.y + size), any_color(r, 0.1, 0.4));
  const Vec middle{corner.x + w / 2, corner.y + size / 2};
  const Vec radii{w * r.uniform(0.15, 0.35), size * r.uniform(0.1, 0.3)};
  canvas.fill(ellipse(middle, radii.x, radii.y), any_color(r, 0.3, 0.7));
}

void draw_lamp(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color metal = hsv({0.1, 0.2, r.uniform(0.2, 0.6)});
  canvas.fill(rectangle(foot.x - size * 0.012, foot.y - size * 0.8, foot.x + size * 0.012, foot.y), metal);
  canvas.fill(ellipse(foot, size * 0.12, size * 0.03), metal);
  const std::array shade = {foot + Vec{-size * 0.1, -size}, foot + Vec{size * 0.1, -size},
                            foot + Vec{size * 0.18, -size * 0.72}, foot + Vec{-size * 0.18, -size * 0.72}};
  canvas.fill(polygon(shade), hsv({r.uniform(0.08, 0.16), r.uniform(0.2, 0.5), 0.97}));
}

void draw_plant(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color leaves = leaf_color(r);
  const int count = 6 + static_cast<int>(r.below(5));
  const Vec root = foot + Vec{0, -size * 0.3};
  for (int i = 0; i < count; ++i) {
    const double angle = 0.55 + 0.4 * (i + r.uniform(0.2, 0.8)) / count, reach = size * r.uniform(0.4, 0.7);
    const Vec end = root + direction(angle) * reach, bend = mix(root, end, 0.6) + Vec{0, -reach * 0.15};
    const std::array<Circle, 3> joints = {Circle{root, size * 0.015}, {bend, size * 0.07}, {end, size * 0.01}};
    canvas.fill(limb(joints), leaves * static_cast<float>(r.uniform(0.75, 1.15)));
  }
  const double w = size * 0.17;
  const std::array pot = {foot + Vec{-w, -size * 0.32}, foot + Vec{w, -size * 0.32}, foot + Vec{w * 0.7, 0},
                          foot + Vec{-w * 0.7, 0}};
  canvas.fill(polygon(pot), any_color(r, 0.2, 0.6));
}

void draw_sofa(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color cloth = any_color(r, 0.15, 0.55);
  const double w = size * 1.3, s = size;
  const auto part = [&](double left, double top, double right, double bottom, double light) {
    canvas.fill(
        rounded(foot.x + left * w - 1, foot.y - top * s - 1, foot.x + right * w + 1, foot.y - bottom * s + 1, s * 0.08),
        cloth * 0.55f);
    canvas.fill(rounded(foot.x + left * w, foot.y - top * s, foot.x + right * w, foot.y - bottom * s, s * 0.08),
                cloth * static_cast<float>(light));
  };
  part(-0.9, 1.0, 0.9, 0.1, 0.85);
  part(-0.8, 0.5, 0, 0.12, 1.05);
  part(0, 0.5, 0.8, 0.12, 1.05);
  part(-1.0, 0.65, -0.78, 0, 0.95);
  part(0.78, 0.65, 1.0, 0, 0.95);
}

void draw_shelf(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color wood = wood_color(r);
  const double w = size * 0.6;
  canvas.fill(rectangle(foot.x - w / 2, foot.y - size, foot.x + w / 2, foot.y), wood * 0.6f);
  for (int row = 0; row < 4; ++row) {
    const double bottom = foot.y - size * (0.04 + 0.24 * row), tall = size * 0.2;
    double x = foot.x - w * 0.45;
    while (x < foot.x + w * 0.4) {
      const double thick = size * r.uniform(0.02, 0.05);
      const double top = bottom - tall * r.uniform(0.6, 0.95);
      canvas.fill(rectangle(x, top, x + thick, bottom), any_color(r, 0.2, 0.8));
      x += thick + (r.uniform() < 0.15 ? size * 0.06 : 1);
    }
    canvas.fill(rectangle(foot.x - w / 2, bottom, foot.x + w / 2, bottom + size * 0.03), wood);
  }
}

void draw_cushion(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color cloth = any_color(r, 0.2, 0.7);
  const Vec c = foot + Vec{0, -size * 0.3};
  canvas.fill(rounded(c.x - size * 0.9, c.y - size * 0.3, c.x + size * 0.9, c.y + size * 0.3, size * 0.25),
              [=](Vec p) { return cloth * static_cast<float>(1.05 - 0.3 * (p.y - c.y) / size); });
}

void draw_box(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color paper = r.uniform() < 0.5 ? Color{0.72f, 0.55f, 0.36f} : any_color(r, 0.2, 0.6);
  const double w = size * r.uniform(0.5, 0.9);
  canvas.fill(rectangle(foot.x - w, foot.y - size, foot.x + w, foot.y), paper);
  const std::array side = {foot + Vec{w, -size}, foot + Vec{w * 1.35, -size * 1.15}, foot + Vec{w * 1.35, -size * 0.15},
                           foot + Vec{w, 0}};
  canvas.fill(polygon(side), paper * 0.75f);
  const std::array top = {foot + Vec{-w, -size}, foot + Vec{-w * 0.65, -size * 1.15},
                          foot + Vec{w * 1.35, -size * 1.15}, foot + Vec{w, -size}};
  canvas.fill(polygon(top), paper * 1.12f);
}

void draw_ball(Canvas& canvas, Vec foot, double size, Random& r) {
  const double radius = size / 2;
  const Vec c = foot + Vec{0, -radius};
  const Color a = any_color(r, 0.4, 0.9), b = any_color(r, 0.1, 0.6);
  const double tilt = r.uniform();
  canvas.fill(circle(c, radius), [=](Vec p) {
    const Vec n = (p - c) * (1 / radius);
    const double band = dot(n, direction(tilt));
    const double light = 1.05 - 0.25 * (n.y + 0.4 * n.x) - 0.15 * dot(n, n);
    return (band > -0.25 && band < 0.25 ? b : a) * static_cast<float>(light);
  });
}

void draw_bowl(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color metal = any_color(r, 0.05, 0.6);
  const double w = size * 0.9;
  const std::array side = {foot + Vec{-w, -size * 0.5}, foot + Vec{w, -size * 0.5}, foot + Vec{w * 0.75, 0},
                           foot + Vec{-w * 0.75, 0}};
  canvas.fill(polygon(side), metal);
  canvas.fill(ellipse(foot + Vec{0, -size * 0.5}, w, size * 0.16), metal * 1.15f);
  canvas.fill(ellipse(foot + Vec{0, -size * 0.47}, w * 0.85, size * 0.11), Color{0.5f, 0.33f, 0.2f});
}

void draw_flowers(Canvas& canvas, Vec foot, double size, Random& r) {
  const Color petal = any_color(r, 0.3, 0.9), stem = leaf_color(r);
  for (int i = 0; i < 4; ++i) {
    const Vec top = foot + Vec{size * r.uniform(-0.5, 0.5), -size * r.uniform(0.5, 1.0)};
    const std::array<Circle, 2> stalk = {Circle{foot, size * 0.02}, {top, size * 0.02}};
    canvas.fill(hull(stalk), stem);
    for (int k = 0; k < 5; ++k) canvas.fill(circle(top + direction(k / 5.0) * (size * 0.09), size * 0.07), petal);
    canvas.fill(circle(top, size * 0.05), {0.95f, 0.8f, 0.25f});
  }
}

void draw_grass(Canvas& canvas, Vec foot, double width, double size, Color color, Random& r) {
  const int blades = static_cast<int>(width / size * 9) + 3;
  for (int i = 0; i < blades; ++i) {
    const Vec at = foot + Vec{width * r.uniform(-0.5, 0.5), 0};
    const Vec tip = at + Vec{size * r.uniform(-0.4, 0.4), -size * r.uniform(0.5, 1.0)};
    const double w = size * 0.05;
    const std::array blade = {at + Vec{-w, 0}, tip, at + Vec{w, 0}};
    canvas.fill(polygon(blade), color * static_cast<float>(r.uniform(0.75, 1.2)));
  }
}

}  // namespace paw::draw
