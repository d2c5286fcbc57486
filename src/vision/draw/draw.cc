#include "vision/draw/draw.h"

#include <algorithm>
#include <cmath>

#include "vision/draw/body.h"
#include "vision/draw/scene.h"

namespace paw::draw {

namespace {

// Streams of randomness of one picture; a change in one leaves the others alone.
enum Stream : std::uint64_t { kLook, kShape, kScene, kCamera, kForeground, kFinish, kGrain, kStreams };

Random stream(std::uint64_t seed, std::uint64_t index, Stream which) { return Random(seed, index * kStreams + which); }

struct Placement {
  Affine to_pixels;
  double ground = 0;  // pixels
};

// How much of the animal fills the picture, where it stands, which way it looks and how far the camera tilts.
Placement place(const Animal& animal, double size, Random& r) {
  const Extent e = extent_of(animal);
  const double kind = r.uniform();
  double scale = 0;
  Vec focus;          // in the animal's coordinates; comes to lie near the middle
  if (kind < 0.35) {  // all of it
    scale = size * r.uniform(0.8, 1.05) / std::max(e.right - e.left, e.bottom - e.top);
    focus = {(e.left + e.right) / 2, (e.top + e.bottom) / 2};
  } else if (kind < 0.75) {  // head and chest
    scale = size * r.uniform(0.17, 0.23);
    focus = e.head + Vec{-0.2, 0.9};
  } else {  // the face
    scale = size * r.uniform(0.24, 0.3);
    focus = e.head + Vec{0, 0.3};
  }
  const double free = size * 0.15;
  const Vec middle{size / 2 + r.uniform(-free, free), size / 2 + r.uniform(-free, free)};
  const double mirror = chance(r, 0.5) ? -1 : 1;
  Affine to_pixels =
      translation(middle) * rotation(r.uniform(-0.03, 0.03)) * scaling(scale * mirror, scale) * translation(focus * -1);
  // Ears and muzzle tell the class: the head stays inside, nearly.
  const Vec head = to_pixels(e.head);
  const double above = 1.5 * scale, beside = std::min(1.15 * scale, size / 2);
  to_pixels = translation(Vec{std::clamp(head.x, beside, size - beside),
                              std::clamp(head.y, above, std::max(above, size - scale))} -
                          head) *
              to_pixels;
  return {to_pixels, to_pixels({e.head.x, 0}).y};
}

void draw_shadow(Canvas& canvas, const Animal& animal, const Placement& placement) {
  const Extent e = extent_of(animal);
  const Vec middle{(e.left + e.right) / 2, 0};
  for (const double wide : {0.48, 0.56, 0.64}) {
    canvas.fill(ellipse(middle, (e.right - e.left) * wide, 0.36 * (wide + 0.4)).transformed(placement.to_pixels),
                {0, 0, 0}, 0.13);
  }
}

// Light, lens and sensor: tint, contrast, a darker rim, softness, grain.
void finish(Canvas& canvas, Random& r, std::uint64_t seed, std::uint64_t index) {
  const double size = canvas.height();
  const double warm = r.uniform(-0.1, 0.1), exposure = r.uniform(0.8, 1.12), contrast = r.uniform(0.85, 1.15);
  const double vignette = chance(r, 0.4) ? r.uniform(0.1, 0.45) : 0;
  const Vec beam = direction(r.uniform());
  const double slope = r.uniform(0, 0.25);
  canvas.blur(size / 224 * (chance(r, 0.4) ? r.uniform(0.3, 1.0) : 0));
  const double grain = r.uniform(0.004, 0.035);
  const Color tint{static_cast<float>(1 + warm), 1, static_cast<float>(1 - warm)};
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const Vec at = Vec{x / size - 0.5, y / size - 0.5};
      const double light = exposure * (1 + slope * dot(at, beam)) * (1 - vignette * 2 * dot(at, at));
      Color c = canvas.at(x, y) * tint * static_cast<float>(light);
      const std::uint64_t bits =
          random_bits(seed, index * kStreams + kGrain, std::uint64_t(y) << 32 | std::uint64_t(x));
      // Two 16-bit uniforms added: a triangle in place of a bell. A third adds some colour noise.
      const auto u = [&](int shift) { return static_cast<double>(bits >> shift & 0xFFFF) / 65536 - 0.5; };
      const double luma = (u(0) + u(16)) * 1.6 * grain, chroma = u(32) * grain;
      const double offset = 0.5 * (1 - contrast) + luma;
      c = c * static_cast<float>(contrast) +
          Color{static_cast<float>(offset + chroma), static_cast<float>(offset), static_cast<float>(offset - chroma)};
      canvas.at(x, y) = c;
    }
  }
}

}  // namespace

Image draw_picture(Species species, std::int64_t size, std::uint64_t seed, std::uint64_t index) {
  Random look = stream(seed, index, kLook), shape = stream(seed, index, kShape), around = stream(seed, index, kScene),
         camera = stream(seed, index, kCamera), front = stream(seed, index, kForeground),
         light = stream(seed, index, kFinish);
  Canvas canvas(static_cast<int>(size), static_cast<int>(size));
  const Animal animal = make_animal(species, look, shape);
  const Placement placement = place(animal, static_cast<double>(size), camera);
  const Scene scene = make_scene(around);
  draw_background(canvas, scene, around);
  draw_shadow(canvas, animal, placement);
  draw_animal(Painter(canvas, animal, placement.to_pixels));
  draw_foreground(canvas, scene, placement.ground, front);
  finish(canvas, light, seed, index);
  return canvas.image();
}

}  // namespace paw::draw
