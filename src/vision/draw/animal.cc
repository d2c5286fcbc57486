#include "vision/draw/animal.h"

#include <algorithm>
#include <array>

namespace paw::draw {

namespace {

constexpr Color kFurColors[] = {
    {0.17f, 0.16f, 0.17f},  // black
    {0.52f, 0.52f, 0.54f},  // grey
    {0.94f, 0.92f, 0.88f},  // white
    {0.90f, 0.80f, 0.64f},  // cream
    {0.87f, 0.57f, 0.27f},  // ginger
    {0.80f, 0.62f, 0.36f},  // golden
    {0.52f, 0.36f, 0.23f},  // brown
    {0.33f, 0.22f, 0.16f},  // chocolate
    {0.44f, 0.48f, 0.54f},  // blue-grey
    {0.64f, 0.34f, 0.18f},  // red
};

template <class T, std::size_t N>
const T& pick(Random& random, const T (&from)[N]) {
  return from[random.below(N)];
}

Color varied(Random& random, Color c, double by) {
  const double light = random.uniform(-by, by);
  return {static_cast<float>(c.r + light + random.uniform(-by, by) / 2),
          static_cast<float>(c.g + light + random.uniform(-by, by) / 2),
          static_cast<float>(c.b + light + random.uniform(-by, by) / 2)};
}

Fur make_fur(Random& r) {
  Fur fur;
  fur.base = varied(r, pick(r, kFurColors), 0.05);
  // A second colour that can be seen on the first.
  for (int i = 0; i < 8; ++i) {
    fur.second = varied(r, pick(r, kFurColors), 0.05);
    if (std::abs(brightness(fur.second) - brightness(fur.base)) > 0.18) break;
  }
  fur.light = mix(Color{0.95f, 0.93f, 0.9f}, fur.base, r.uniform(0, 0.25));
  fur.pattern = static_cast<Pattern>(r.below(8) % 7 % 6);  // plain three times as often
  if (fur.pattern == Pattern::kStripes) fur.second = fur.base * static_cast<float>(r.uniform(0.45, 0.7));
  fur.pattern_scale = r.uniform(0.7, 1.4);
  fur.pattern_share = r.uniform(-0.15, 0.25);
  fur.light_chest = chance(r, 0.45);
  fur.light_muzzle = chance(r, 0.5);
  fur.light_paws = chance(r, 0.4);
  fur.light_tail_tip = chance(r, 0.3);
  fur.blaze = chance(r, 0.2);
  fur.fluff = chance(r, 0.35) ? r.uniform(0.04, 0.1) : 0;
  fur.seed = r.bits();
  return fur;
}

Color eye_color(Random& r, bool cat) {
  static constexpr Color kCat[] = {
      {0.55f, 0.72f, 0.25f}, {0.85f, 0.66f, 0.2f}, {0.45f, 0.66f, 0.82f}, {0.78f, 0.45f, 0.15f}, {0.36f, 0.62f, 0.45f}};
  static constexpr Color kDog[] = {
      {0.38f, 0.22f, 0.1f}, {0.5f, 0.3f, 0.12f}, {0.28f, 0.17f, 0.1f}, {0.62f, 0.42f, 0.18f}, {0.45f, 0.62f, 0.8f}};
  return cat ? pick(r, kCat) : pick(r, kDog);
}

void shape_cat(Animal& a, Random& r) {
  Head& h = a.head;
  h.width = r.uniform(0.98, 1.12);
  h.height = r.uniform(0.82, 0.92);
  h.ear = EarKind::kCatPointed;
  h.ear_length = r.uniform(0.95, 1.35);
  h.ear_width = r.uniform(0.95, 1.2);
  h.ear_spread = r.uniform(-0.04, 0.14);
  h.muzzle_length = r.uniform(0.0, 0.12);
  h.muzzle_width = r.uniform(0.9, 1.15);
  h.eye_size = r.uniform(0.9, 1.2);
  h.pupil = chance(r, 0.6) ? r.uniform(0.2, 0.4) : r.uniform(0.6, 0.85);
  h.nose = chance(r, 0.6) ? Color{0.85f, 0.52f, 0.52f} : Color{0.3f, 0.2f, 0.2f};
  h.mouth_open = chance(r, 0.06) ? r.uniform(0.3, 0.7) : 0;
  a.tail = {r.uniform(2.8, 4.0), r.uniform(0.17, 0.26), r.uniform(-0.5, 0.9), r.uniform(0.8, 1.1)};
  a.leg_length = r.uniform(0.85, 1.05);
  a.leg_thickness = r.uniform(0.8, 1.0);
  a.girth = r.uniform(0.85, 1.1);
  a.neck = r.uniform(0.75, 1.0);
}

void shape_dog_head(Head& h, Random& r) {
  static constexpr EarKind kEars[] = {EarKind::kFloppy, EarKind::kFloppy,     EarKind::kFloppy, EarKind::kLongFloppy,
                                      EarKind::kFloppy, EarKind::kLongFloppy, EarKind::kButton, EarKind::kUpright};
  h.width = r.uniform(0.86, 1.0);
  h.height = r.uniform(0.88, 1.02);
  h.ear = pick(r, kEars);
  h.ear_length = r.uniform(0.85, 1.2);
  h.ear_width = r.uniform(0.85, 1.15);
  h.ear_spread = r.uniform(-0.06, 0.12);
  h.muzzle_length = r.uniform(0.4, 1.0);
  // What a dog with upright ears lacks in ears it has in muzzle.
  if (h.ear == EarKind::kUpright) h.muzzle_length = r.uniform(0.65, 1.0);
  h.muzzle_width = r.uniform(0.85, 1.15);
  h.eye_size = r.uniform(0.85, 1.1);
  h.pupil = 1;
  h.nose = chance(r, 0.85) ? Color{0.12f, 0.1f, 0.1f} : Color{0.38f, 0.22f, 0.18f};
  h.mouth_open = chance(r, 0.45) ? r.uniform(0.35, 1.0) : 0;
  h.tongue = h.mouth_open > 0;
}

void shape_dog(Animal& a, Random& r) {
  shape_dog_head(a.head, r);
  const double kind = r.uniform();
  if (kind < 0.4) {  // sabre, carried up
    a.tail = {r.uniform(1.5, 2.2), r.uniform(0.22, 0.3), r.uniform(0.3, 0.8), 0.35};
  } else if (kind < 0.75) {  // bushy
    a.tail = {r.uniform(1.5, 2.1), r.uniform(0.3, 0.42), r.uniform(0.2, 1.1), 0.5};
  } else {  // short
    a.tail = {r.uniform(0.5, 0.9), r.uniform(0.2, 0.28), r.uniform(0.1, 0.4), 0.7};
  }
  a.leg_length = r.uniform(0.95, 1.25);
  a.leg_thickness = r.uniform(0.95, 1.25);
  a.girth = r.uniform(0.9, 1.15);
  a.neck = r.uniform(0.9, 1.25);
}

// Smooth step from 0 to 1 around `threshold`; `width` of the transition.
double step(double value, double threshold, double width) {
  return std::clamp((value - threshold) / width + 0.5, 0.0, 1.0);
}

bool is_end(Region region) {
  return region == Region::kPaw || region == Region::kTail || region == Region::kTailTip || region == Region::kMuzzle ||
         region == Region::kEar;
}

}  // namespace

bool chance(Random& random, double probability) { return random.uniform() < probability; }

Color Fur::color(Vec at, Region region) const {
  double second_share = 0;
  const Vec p = at * pattern_scale;
  switch (pattern) {
    case Pattern::kPlain: break;
    case Pattern::kStripes: {
      const double bend = smooth_noise(p * 1.1, seed);
      second_share = region == Region::kMuzzle || region == Region::kChest
                         ? 0
                         : step(sin_turn(p.x * 1.5 + 0.35 * p.y + 0.4 * bend), 0.35, 0.5) * 0.9;
      break;
    }
    case Pattern::kPatches: second_share = step(smooth_noise(p * 0.75, seed), pattern_share, 0.12); break;
    case Pattern::kSpots: second_share = step(smooth_noise(p * 2.6, seed), 0.3 + pattern_share / 2, 0.25); break;
    case Pattern::kPoints: second_share = is_end(region) ? 1 : 0; break;
    case Pattern::kSaddle:
      second_share = region == Region::kBody ? step(-at.y + 0.3 * smooth_noise(at, seed), 2.3, 0.5)
                     : region == Region::kEar || region == Region::kTail ? 0.9
                                                                         : 0;
      break;
  }
  Color color = mix(base, second, second_share);
  const bool marked = (region == Region::kChest && light_chest) || (region == Region::kMuzzle && light_muzzle) ||
                      (region == Region::kPaw && light_paws) || (region == Region::kTailTip && light_tail_tip);
  if (marked) color = light;
  // Hairs: fine streaks, a little longer than wide.
  const double hair = smooth_noise({at.x * 16, at.y * 9}, seed + 1);
  return color * static_cast<float>(1 + 0.07 * hair);
}

Animal make_animal(Species species, Random& look, Random& shape) {
  Animal a;
  a.species = species;
  a.fur = make_fur(look);
  a.pose = static_cast<Pose>(look.below(5));
  a.stride = look.uniform(-1, 1);
  a.collar = chance(look, 0.3);
  a.tag = chance(look, 0.5);
  a.collar_color = hsv({look.uniform(), look.uniform(0.5, 0.9), look.uniform(0.4, 0.9)});
  a.outline = look.uniform(0.35, 0.8);
  a.light = direction(look.uniform(0.55, 0.95));
  a.head.yaw = look.uniform(-0.16, 0.16);
  a.head.pitch = look.uniform(-0.03, 0.03);
  a.head.roll = look.uniform(-0.05, 0.05);
  a.head.eyes_closed = chance(look, 0.05);
  a.head.whisker = brightness(a.fur.base) > 0.6 ? Color{0.35f, 0.32f, 0.3f} : Color{0.97f, 0.96f, 0.95f};
  a.head.iris = eye_color(shape, species == Species::kCat);
  a.head.eye_spread = shape.uniform(0.92, 1.08);
  if (species == Species::kCat) {
    shape_cat(a, shape);
  } else {
    shape_dog(a, shape);
  }
  return a;
}

}  // namespace paw::draw
