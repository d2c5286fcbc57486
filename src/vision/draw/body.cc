#include "vision/draw/body.h"

#include <algorithm>
#include <array>

#include "vision/draw/head.h"

namespace paw::draw {

namespace {

constexpr double kFarShade = 0.16;  // parts on the far side are darker by this

// Lengths that follow from the animal's numbers; y is negative above the ground.
struct Frame {
  explicit Frame(const Animal& a) : animal(a), girth(a.girth), leg(2.1 * a.leg_length), thick(0.33 * a.leg_thickness) {
    const double neck = a.neck;
    switch (a.pose) {
      case Pose::kStanding:
        hip = {-1.7, -leg - 0.55};
        chest = {1.0, -leg - 0.6};
        head = {chest.x + 0.75 + 0.35 * neck, chest.y - 0.75 - 0.65 * neck};
        tail = {hip.x - 0.75 * girth, hip.y - 0.35};
        break;
      case Pose::kSittingSide:
        hip = {-0.85, -1.05};
        chest = {0.35, -leg - 0.35};
        head = {chest.x + 0.55, chest.y - 0.85 - 0.6 * neck};
        tail = {hip.x - 0.85 * girth, -0.45};
        break;
      case Pose::kSittingFront:
        hip = {0, -1.15};
        chest = {0, -leg - 0.1};
        head = {0.1, chest.y - 0.8 - 0.5 * neck};
        tail = {-0.95 * girth, -0.4};
        break;
      case Pose::kLyingSide:
        hip = {-1.9, -0.95};
        chest = {0.6, -1.1};
        head = {chest.x + 0.8, chest.y - 0.75 - 0.45 * neck};
        tail = {hip.x - 0.8 * girth, -0.5};
        break;
      case Pose::kLyingFront:
        hip = {-0.5, -1.35};
        chest = {0.2, -1.0};
        head = {0.35, chest.y - 0.75 - 0.35 * neck};
        tail = {-1.6 * girth, -0.45};
        break;
    }
  }

  const Animal& animal;
  double girth, leg, thick;
  Vec hip, chest, head, tail;
};

class BodyDrawing {
 public:
  BodyDrawing(const Painter& painter, const Frame& frame) : p_(painter), f_(frame) {}

  void draw() const {
    switch (f_.animal.pose) {
      case Pose::kStanding: standing(); break;
      case Pose::kSittingSide: sitting_side(); break;
      case Pose::kSittingFront: sitting_front(); break;
      case Pose::kLyingSide: lying_side(); break;
      case Pose::kLyingFront: lying_front(); break;
    }
    neck();
    if (f_.animal.collar) collar();
    draw_head(p_.inside(translation(f_.head)));
  }

 private:
  void leg(std::initializer_list<Vec> joints, double top, bool far) const {
    std::vector<Circle> circles;
    double radius = top;
    for (const Vec at : joints) {
      circles.push_back({at, radius});
      radius = std::max(f_.thick * 0.8, radius * 0.72);
    }
    const Shape shape = limb(circles);
    p_.fur(shape, Region::kLeg, mix(circles.front().center, circles.back().center, 0.4) + Vec{0.2, 0}, 1.4);
    const Vec foot = circles.back().center;
    paw(foot + Vec{0.16, 0.02}, 1);
    if (far) p_.flat(shape, {0, 0, 0}, kFarShade);
  }

  void paw(Vec at, double size) const {
    const double wide = f_.thick * 1.35 * size;
    p_.fur(ellipse(at, wide, f_.thick * 0.85 * size), Region::kPaw, at, wide * 1.4);
    const Color line = p_.rim_color();
    for (const double x : {0.15, 0.6}) {
      p_.line({at + Vec{wide * x, f_.thick * 0.15}, at + Vec{wide * (x + 0.08), f_.thick * 0.6}}, 0.045, line, 0.6);
    }
  }

  // From the root, along `along`, bending by the tail's curl; `along` in turns, 0.5 points backwards.
  void tail(double along) const {
    const Tail& t = f_.animal.tail;
    constexpr int kJoints = 6;
    std::vector<Circle> joints;
    Vec at = f_.tail;
    const bool bushy = t.tip < 0.75 && t.thickness > 0.29;
    double angle = along;
    for (int i = 0; i <= kJoints; ++i) {
      const double share = double(i) / kJoints;
      double radius = t.thickness * (1 + (t.tip - 1) * share);
      if (bushy) radius = t.thickness * (0.7 + 1.9 * share * (1 - share) + 0.1 * share);
      joints.push_back({{at.x, std::min(at.y, -radius * 0.9)}, radius});
      at = at + direction(angle) * (t.length / kJoints);
      angle += 0.32 * t.curl / kJoints * (share < 0.5 ? 0.6 : 1.4);
    }
    p_.fur(limb(joints), Region::kTail, mix(joints.front().center, joints.back().center, 0.5), 1.5);
    const std::array<Circle, 3> tip = {joints[kJoints - 2], joints[kJoints - 1], joints[kJoints]};
    p_.fur(limb(tip), Region::kTailTip, joints[kJoints].center, 1, false);
  }

  void trunk(std::span<const Circle> circles) const {
    Vec center;
    for (const Circle& c : circles) center = center + c.center * (1.0 / double(circles.size()));
    p_.fur(hull(circles), Region::kBody, center, 1.9);
  }

  void bib(Vec at, double width, double height, double turns) const {
    if (f_.animal.fur.light_chest) p_.fur(ellipse(at, width, height, turns), Region::kChest, at, 1.2, false);
  }

  void neck() const {
    const std::array<Circle, 2> circles = {Circle{mix(f_.chest, f_.head, 0.25), 0.72 * f_.girth},
                                           {mix(f_.chest, f_.head, 0.85), 0.62}};
    const Vec middle = mix(f_.chest, f_.head, 0.5);
    p_.fur(hull(circles), Region::kBody, middle, 1.2, false);
    bib(mix(f_.chest, f_.head, 0.4) + Vec{0.15, 0.1}, 0.45, 0.6, 0);
  }

  void collar() const {
    const Vec along = f_.head - f_.chest;
    const Vec middle = mix(f_.chest, f_.head, 0.52);
    const Vec across = left_of(along) * (0.68 / length(along));
    const Vec sag = along * (-0.12 / length(along) * 2);
    p_.line({middle - across, middle + sag, middle + across}, 0.24, f_.animal.collar_color * 0.7f);
    p_.line({middle - across, middle + sag, middle + across}, 0.17, f_.animal.collar_color);
    if (f_.animal.tag) {
      p_.flat(circle(middle + sag + Vec{0.1, 0.22}, 0.16), {0.55f, 0.42f, 0.1f});
      p_.flat(circle(middle + sag + Vec{0.1, 0.21}, 0.13), {0.93f, 0.78f, 0.3f});
    }
  }

  void standing() const {
    const double s = 0.45 * f_.animal.stride, ground = -f_.thick * 0.7;
    const Vec hip = f_.hip, chest = f_.chest;
    tail(0.55);
    leg({hip + Vec{0.1, 0.2}, {hip.x + 0.35 - s, -1.25}, {hip.x - 0.3 - s, -0.75}, {hip.x - 0.1 - s, ground}}, 0.62,
        true);
    leg({chest + Vec{0.2, 0.4}, {chest.x + 0.25 + s, -1.1}, {chest.x + 0.25 + s * 1.3, ground}}, 0.5, true);
    const std::array<Circle, 3> circles = {
        Circle{hip, 0.86 * f_.girth}, {mix(hip, chest, 0.5) + Vec{0, 0.05}, 0.8 * f_.girth}, {chest, 0.98 * f_.girth}};
    trunk(circles);
    leg({hip + Vec{0, 0.15}, {hip.x + 0.3 + s, -1.25}, {hip.x - 0.35 + s, -0.75}, {hip.x - 0.15 + s, ground}}, 0.7,
        false);
    leg({chest + Vec{0, 0.35}, {chest.x - s, -1.1}, {chest.x - s * 1.3, ground}}, 0.52, false);
    bib(chest + Vec{0.55, 0.1}, 0.4, 0.7, 0.05);
  }

  void sitting_side() const {
    const double ground = -f_.thick * 0.7;
    tail(0.47);
    leg({f_.chest + Vec{0.45, 0.6}, {f_.chest.x + 0.7, -1.0}, {f_.chest.x + 0.75, ground}}, 0.45, true);
    const std::array<Circle, 2> circles = {Circle{f_.hip, 1.02 * f_.girth}, {f_.chest, 0.85 * f_.girth}};
    trunk(circles);
    bib(f_.chest + Vec{0.45, 0.3}, 0.38, 0.75, 0);
    const Vec thigh = f_.hip + Vec{0.3, 0.2};
    p_.fur(ellipse(thigh, 0.75 * f_.girth, 0.8, 0.06), Region::kBody, thigh, 1);
    paw({f_.hip.x + 1.05, ground}, 1.15);
    leg({f_.chest + Vec{0.2, 0.5}, {f_.chest.x + 0.4, -1.0}, {f_.chest.x + 0.42, ground}}, 0.48, false);
  }

  void sitting_front() const {
    const double ground = -f_.thick * 0.7;
    tail(f_.animal.tail.curl > 0.4 ? 0.53 : 0.48);
    const std::array<Circle, 3> circles = {Circle{f_.hip + Vec{-0.35, 0}, 1.0 * f_.girth},
                                           {f_.hip + Vec{0.35, 0}, 1.0 * f_.girth},
                                           {f_.chest, 0.85 * f_.girth}};
    trunk(circles);
    for (const double side : {-1.0, 1.0}) {
      const Vec thigh = f_.hip + Vec{side * 0.85 * f_.girth, 0.3};
      p_.fur(ellipse(thigh, 0.5, 0.72), Region::kBody, thigh, 0.9);
      paw({side * 1.1 * f_.girth - 0.1, ground}, 1.15);
    }
    bib(f_.chest + Vec{0, 0.55}, 0.5, 0.85, 0);
    for (const double side : {-1.0, 1.0}) {
      leg({{side * 0.42, f_.chest.y + 0.5}, {side * 0.42, -1.0}, {side * 0.42, ground}}, 0.42, false);
    }
  }

  void lying_side() const {
    const double ground = -f_.thick * 0.75;
    tail(0.49);
    const std::array<Circle, 2> circles = {Circle{f_.hip, 0.93 * f_.girth}, {f_.chest, 0.92 * f_.girth}};
    leg({f_.chest + Vec{0.4, 0.55}, {f_.chest.x + 1.0, ground - 0.1}, {f_.chest.x + 1.9, ground}}, 0.45, true);
    trunk(circles);
    bib(f_.chest + Vec{0.55, 0}, 0.36, 0.6, 0);
    const Vec thigh = f_.hip + Vec{0.25, 0.15};
    p_.fur(ellipse(thigh, 0.78, 0.7), Region::kBody, thigh, 1);
    paw({f_.hip.x + 1.05, ground}, 1.2);
    leg({f_.chest + Vec{0.1, 0.5}, {f_.chest.x + 0.7, ground - 0.05}, {f_.chest.x + 1.55, ground}}, 0.48, false);
  }

  void lying_front() const {
    const double ground = -f_.thick * 0.75;
    tail(0.45);
    const std::array<Circle, 3> circles = {
        Circle{f_.hip, 1.25 * f_.girth}, {f_.hip + Vec{0.9, 0.15}, 1.1 * f_.girth}, {f_.chest, 0.9 * f_.girth}};
    trunk(circles);
    bib(f_.chest + Vec{0.1, 0.2}, 0.5, 0.6, 0);
    for (const double side : {-1.0, 1.0}) {
      const double x = f_.chest.x + side * 0.55;
      leg({{x + 0.1 * side, -0.75}, {x, ground}}, 0.45, false);
      paw({x - 0.02, ground + 0.05}, 1.3);
    }
  }

  const Painter& p_;
  const Frame& f_;
};

}  // namespace

Extent extent_of(const Animal& a) {
  const Frame f(a);
  Extent e;
  e.head = f.head;
  e.left = std::min(f.hip.x - 1.1, f.head.x - 1.2);
  e.right = std::max(f.head.x + 1.3, a.pose == Pose::kLyingSide ? f.chest.x + 2.2 : f.chest.x + 1.1);
  e.top = f.head.y - 1.5;
  e.bottom = 0.15;
  return e;
}

void draw_animal(const Painter& painter) {
  const Frame frame(painter.animal());
  BodyDrawing(painter, frame).draw();
}

}  // namespace paw::draw
