#include "vision/draw/head.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace paw::draw {

namespace {

struct Vec3 {
  double x = 0, y = 0, z = 0;  // z towards the viewer
};

// Features are points on a ball that is turned and seen from far away.
class Turned {
 public:
  explicit Turned(const Head& h)
      : sin_yaw_(sin_turn(h.yaw)),
        cos_yaw_(cos_turn(h.yaw)),
        sin_pitch_(sin_turn(h.pitch)),
        cos_pitch_(cos_turn(h.pitch)),
        width_(h.width),
        height_(h.height) {}

  Vec3 turn(Vec3 p) const {
    const double x = p.x * width_, y = p.y * height_;
    const double tx = x * cos_yaw_ + p.z * sin_yaw_, tz = -x * sin_yaw_ + p.z * cos_yaw_;
    return {tx, y * cos_pitch_ - tz * sin_pitch_, y * sin_pitch_ + tz * cos_pitch_};
  }
  Vec operator()(Vec3 p) const {
    const Vec3 t = turn(p);
    return {t.x, t.y};
  }
  double depth(Vec3 p) const { return turn(p).z; }

 private:
  double sin_yaw_, cos_yaw_, sin_pitch_, cos_pitch_, width_, height_;
};

// Between two points of a shape's edge: bulges away from the straight line by `bulge` (a share of its length).
void add_curve(Contour& contour, Vec from, Vec to, double bulge) {
  const Vec middle = mix(from, to, 0.5) + left_of(to - from) * bulge;
  for (int i = 0; i < 10; ++i) {
    const double t = i / 10.0;
    contour.push_back(mix(mix(from, middle, t), mix(middle, to, t), t));
  }
}

Shape pointed(Vec inner, Vec tip, Vec outer, double bulge) {
  Contour contour;
  const double side = (tip.x - inner.x) * (outer.y - inner.y) - (tip.y - inner.y) * (outer.x - inner.x) > 0 ? -1 : 1;
  add_curve(contour, inner, tip, bulge * side);
  add_curve(contour, tip, outer, bulge * side);
  add_curve(contour, outer, inner, 0);
  return polygon(contour);
}

class HeadDrawing {
 public:
  explicit HeadDrawing(const Painter& painter)
      : p_(painter), a_(painter.animal()), h_(a_.head), at_(h_), cat_(a_.species == Species::kCat) {}

  void draw() const {
    const std::array<double, 2> sides = h_.yaw >= 0 ? std::array{1.0, -1.0} : std::array{-1.0, 1.0};  // far ear first
    const bool turned = std::abs(h_.yaw) > 0.09;
    // The near ear of a turned head stands before the skull; hanging ears do so in front view too.
    const bool far_in_front = hanging() && !turned, near_in_front = hanging() || turned;
    if (!far_in_front) ear(sides[0]);
    if (!near_in_front) ear(sides[1]);
    skull();
    if (far_in_front) ear(sides[0]);
    if (near_in_front) ear(sides[1]);
    markings();
    if (cat_) {
      cat_muzzle();
    } else {
      dog_muzzle();
    }
    for (const double side : sides) eye(side);
    if (cat_) whiskers();
  }

 private:
  bool hanging() const { return h_.ear == EarKind::kFloppy || h_.ear == EarKind::kLongFloppy; }

  void skull() const {
    const double depth = 0.95;
    const double wide = std::sqrt(h_.width * h_.width * cos_turn(h_.yaw) * cos_turn(h_.yaw) +
                                  depth * depth * sin_turn(h_.yaw) * sin_turn(h_.yaw));
    Shape shape = ellipse({}, wide, h_.height);
    if (cat_) {  // cheeks
      for (const double side : {-1.0, 1.0}) shape.add(ellipse(at_({0.5 * side, 0.35, 0.25}), 0.56, 0.46));
    } else {
      for (const double side : {-1.0, 1.0}) shape.add(ellipse(at_({0.42 * side, 0.3, 0.25}), 0.5, 0.55));
    }
    p_.fur(shape, Region::kHead, {}, 1);
  }

  void ear(double side) const {
    switch (h_.ear) {
      case EarKind::kCatPointed: pointed_ear(side, 0.2, 0.92, 1.32, 0.10); break;
      case EarKind::kUpright: pointed_ear(side, 0.24, 0.94, 1.12, 0.26); break;
      case EarKind::kButton: button_ear(side); break;
      case EarKind::kFloppy: hanging_ear(side, 0.95); break;
      case EarKind::kLongFloppy: hanging_ear(side, 1.45); break;
    }
  }

  // Upright triangle from `inner` to `outer` (shares of the head's half width), tip `height` above the base.
  void pointed_ear(double side, double inner, double outer, double height, double bulge) const {
    const double wide = h_.ear_width, up = h_.ear_length;
    const double middle = (inner + outer) / 2 + h_.ear_spread, half = (outer - inner) / 2 * wide;
    const Vec base_in = at_({side * (middle - half), -0.82, 0.36});
    const Vec base_out = at_({side * (middle + half), -0.34, -0.42});
    const Vec tip = at_({side * (middle + 0.12), -0.7 - height * up * 0.72, -0.08});
    p_.fur(pointed(base_in, tip, base_out, bulge), Region::kEar, mix(base_in, base_out, 0.5), 1.2);
    // The inside is seen unless the ear turns its back.
    const double open = std::clamp(1 - std::abs(h_.yaw) * 3 * (side * h_.yaw > 0 ? 1.6 : 0.6), 0.0, 1.0);
    if (open < 0.2) return;
    const Vec center = mix(mix(base_in, base_out, 0.5), tip, 0.28);
    const auto inside = [&](Vec corner) { return mix(center, corner, 0.62); };
    const Color pink = mix(Color{0.88f, 0.62f, 0.58f}, a_.fur.base, 0.12);
    p_.flat(pointed(inside(base_in), inside(tip), inside(base_out), bulge), pink, 0.9 * open);
  }

  // Upright base, tip folded forward.
  void button_ear(double side) const {
    const double up = h_.ear_length, out = h_.ear_spread;
    const Vec base_in = at_({side * 0.3, -0.85, 0.25}), base_out = at_({side * 0.95, -0.4, -0.2});
    const Vec fold_in = at_({side * (0.5 + out), -1.12 * up, 0.2}),
              fold_out = at_({side * (0.98 + out), -0.98 * up, 0});
    const Vec tip = at_({side * (1.08 + out), -0.3, 0.35});
    const std::array back = {base_in, fold_in, fold_out, base_out};
    p_.fur(polygon(back), Region::kEar, mix(base_in, base_out, 0.5), 1.2);
    const std::array flap = {mix(base_in, fold_in, 0.6), fold_in, fold_out,
                             mix(fold_out, tip, 0.6),    tip,     mix(fold_in, tip, 0.55)};
    p_.fur(blob(flap), Region::kEar, mix(fold_in, tip, 0.5), 0.7);
  }

  void hanging_ear(double side, double length) const {
    const double down = length * h_.ear_length, wide = 0.26 * h_.ear_width, out = h_.ear_spread;
    const double z = 0.1;
    const Vec root = at_({side * 0.62, -0.74, z}), bend = at_({side * (0.98 + out), -0.6, z});
    const Vec middle = at_({side * (1.1 + out), -0.35 + down * 0.45, z}),
              end = at_({side * (1.0 + out), -0.5 + down, z + 0.1});
    const std::array<Circle, 4> joints = {
        Circle{root, wide * 0.7}, {bend, wide * 1.0}, {middle, wide * 1.3}, {end, wide * 1.05}};
    const std::array<Circle, 2> upper = {joints[0], joints[1]}, outer = {joints[1], joints[2]},
                                lower = {joints[2], joints[3]};
    Shape shape = hull(upper);
    shape.add(hull(outer)).add(hull(lower));
    p_.fur(shape, Region::kEar, mix(bend, end, 0.4), 1.0);
  }

  void markings() const {
    const Fur& fur = a_.fur;
    if (fur.blaze) {
      const std::array band = {at_({-0.1, -0.85, 0.5}), at_({0.1, -0.85, 0.5}), at_({0.16, -0.2, 0.95}),
                               at_({0.3, 0.3, 0.95}),   at_({-0.3, 0.3, 0.95}), at_({-0.16, -0.2, 0.95})};
      p_.flat(blob(band), fur.light, 0.9);
    }
    if (fur.pattern != Pattern::kStripes) return;
    for (const double x : {-0.32, 0.0, 0.32}) {
      p_.line({at_({x * 1.15, -0.82, 0.55}), at_({x, -0.62, 0.75}), at_({x * 0.7, -0.42, 0.9})}, 0.12, fur.second,
              0.85);
    }
  }

  void eye(double side) const {
    const double spread = h_.eye_spread, drop = cat_ ? -0.06 : -0.16;
    const double half = cat_ ? 0.43 : 0.38;
    const Vec3 place{side * half * spread, drop, cat_ ? 0.8 : 0.78};
    const double facing = at_.depth(place);
    if (facing < 0.3) return;
    const double size = (cat_ ? 0.27 : 0.17) * h_.eye_size;
    const double narrow = std::clamp(facing / 0.85, 0.45, 1.0);
    const Vec center = at_(place);
    const Color dark{0.08f, 0.06f, 0.06f};
    if (h_.eyes_closed) {
      p_.line({center + Vec{-size * narrow, -0.02}, center + Vec{0, size * 0.4}, center + Vec{size * narrow, -0.02}},
              0.07, dark);
      return;
    }
    const double tilt = (cat_ ? -0.035 : 0.02) * side;
    p_.flat(ellipse(center, size * narrow * 1.22, size * (cat_ ? 1.08 : 1.15), tilt), dark);
    p_.flat(ellipse(center, size * narrow * 1.08, size * 0.95, tilt), cat_ ? h_.iris : Color{0.93f, 0.91f, 0.88f},
            cat_ ? 1 : 0.8);
    if (!cat_) p_.flat(circle(center + Vec{h_.yaw * 0.15, 0}, size * 0.9), h_.iris);
    const double pupil = size * (cat_ ? 0.86 : 0.62);
    p_.flat(ellipse(center, pupil * h_.pupil * narrow, pupil), dark);
    p_.flat(circle(center + Vec{-size * 0.3, -size * 0.35}, size * 0.24), {1, 1, 1}, 0.95);
  }

  void cat_muzzle() const {
    const double w = h_.muzzle_width, z = 0.86 + h_.muzzle_length;
    const Vec chin = at_({0, 0.62, z - 0.12});
    p_.fur(circle(chin, 0.19), Region::kMuzzle, chin, 0.4, false);
    if (h_.mouth_open > 0) p_.flat(ellipse(at_({0, 0.62, z}), 0.17, 0.2 * h_.mouth_open + 0.05), {0.55f, 0.2f, 0.22f});
    for (const double side : {-1.0, 1.0}) {
      const Vec pad = at_({side * 0.2 * w, 0.43, z});
      p_.fur(ellipse(pad, 0.27 * w, 0.21), Region::kMuzzle, pad + Vec{0, 0.05}, 0.36, false);
    }
    const Color mouth = rim();
    const Vec nose = at_({0, 0.24, z + 0.16}), split = at_({0, 0.42, z + 0.18});
    p_.line({nose, split}, 0.045, mouth);
    for (const double side : {-1.0, 1.0}) {
      p_.line({split, at_({side * 0.14, 0.55, z + 0.08}), at_({side * 0.34, 0.5, z - 0.05})}, 0.045, mouth);
    }
    const std::array tip = {at_({-0.15, 0.19, z + 0.12}), at_({0.15, 0.19, z + 0.12}), at_({0, 0.33, z + 0.18})};
    p_.flat(polygon(tip).grown(0.025), h_.nose);
  }

  void dog_muzzle() const {
    const double w = h_.muzzle_width, long_by = h_.muzzle_length, tip_z = 0.72 + long_by;
    const double tip_y = 0.42 + 0.06 * long_by;
    const Vec base = at_({0, 0.32, 0.55}), tip = at_({0, tip_y, tip_z});
    const double base_radius = 0.5 * w, tip_radius = (0.42 - 0.08 * long_by) * w;
    const double jaw = 0.14 + 0.34 * h_.mouth_open;
    if (h_.mouth_open > 0) open_mouth(tip, tip_z, tip_y, jaw, tip_radius);
    const std::array<Circle, 2> balls = {Circle{base, base_radius}, {tip, tip_radius}};
    p_.fur(hull(balls), Region::kMuzzle, mix(base, tip, 0.6) + Vec{0, 0.1}, base_radius * 1.3);
    const Color mouth = rim();
    const Vec nose = at_({0, tip_y - 0.16, tip_z + tip_radius * 0.85});
    const Vec lip = at_({0, tip_y + tip_radius * 0.62, tip_z + tip_radius * 0.7});
    p_.line({nose, lip}, 0.05, mouth, 0.8);
    for (const double side : {-1.0, 1.0}) {
      const Vec3 corner{side * tip_radius * 1.05, tip_y + tip_radius * 0.5, tip_z - 0.45 * long_by - 0.1};
      if (at_.depth(corner) < 0.1) continue;
      const Vec cheek = at_({side * tip_radius * 0.55, tip_y + tip_radius * 0.92, tip_z + tip_radius * 0.2});
      p_.line({lip, cheek, at_(corner)}, 0.055, mouth, 0.85);
    }
    const double nose_width = 0.3 * w * (1 - 0.3 * std::abs(h_.yaw) * 4 * 0.3);
    p_.flat(ellipse(nose, nose_width, 0.215), h_.nose);
    p_.flat(ellipse(nose + Vec{-0.05, -0.07}, 0.08, 0.035), {1, 1, 1}, 0.45);
  }

  void open_mouth(Vec tip, double tip_z, double tip_y, double jaw, double radius) const {
    const Vec hinge = at_({0, 0.5, 0.5});
    const Vec chin = at_({0, tip_y + jaw + 0.12, tip_z - 0.12});
    const std::array<Circle, 2> lower = {Circle{hinge, 0.36}, {chin, radius * 0.72}};
    p_.fur(hull(lower), Region::kMuzzle, mix(hinge, chin, 0.5), 0.6);
    const std::array<Circle, 3> hole = {
        Circle{mix(hinge, chin, 0.4), 0.2}, {mix(chin, tip, 0.2), radius * 0.5}, {mix(tip, chin, 0.3), radius * 0.6}};
    p_.flat(hull(hole), {0.36f, 0.12f, 0.13f});
    if (!h_.tongue) return;
    const Vec end = mix(tip, chin, 1.0) + Vec{0, 0.12 + 0.25 * h_.mouth_open};
    const std::array<Circle, 2> tongue = {Circle{mix(tip, chin, 0.6), radius * 0.42}, {end, radius * 0.42}};
    p_.flat(hull(tongue).grown(0.02), {0.6f, 0.25f, 0.3f});
    p_.flat(hull(tongue), {0.93f, 0.5f, 0.55f});
    p_.line({mix(tip, chin, 0.7), end + Vec{0, -0.05}}, 0.035, {0.75f, 0.33f, 0.4f});
  }

  void whiskers() const {
    for (const double side : {-1.0, 1.0}) {
      const Vec3 pad{side * 0.28, 0.42, 0.85};
      if (at_.depth(pad) < 0.35) continue;
      for (int i = -1; i <= 1; ++i) {
        const Vec from = at_({pad.x, pad.y + 0.07 * i, pad.z});
        const Vec to = at_({side * 1.6, 0.34 + 0.27 * i, 0.45});
        p_.line({from, mix(from, to, 0.5) + Vec{0, -0.06}, to}, 0.05, h_.whisker, 0.95);
      }
    }
  }

  Color rim() const { return mix(p_.rim_color(), Color{0.15f, 0.1f, 0.1f}, 0.6); }

  const Painter& p_;
  const Animal& a_;
  const Head& h_;
  Turned at_;
  bool cat_;
};

}  // namespace

void draw_head(const Painter& painter) {
  const Painter turned = painter.inside(rotation(painter.animal().head.roll));
  HeadDrawing(turned).draw();
}

}  // namespace paw::draw
