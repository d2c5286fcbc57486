// What an animal looks like: numbers alone. What tells cats from dogs is shape: ears, muzzle, eyes, whiskers, tail.
// Fur, markings, pose and collar come from the same distribution for both, so that they carry no information about the
// class.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "vision/draw/canvas.h"

namespace paw::draw {

enum class Species : std::uint8_t { kCat, kDog };

// Where on the animal a bit of fur is: markings depend on it.
enum class Region : std::uint8_t { kBody, kChest, kLeg, kPaw, kTail, kTailTip, kHead, kMuzzle, kEar };

enum class Pattern : std::uint8_t { kPlain, kStripes, kPatches, kSpots, kPoints, kSaddle };

struct Fur {
  Color base, second, light;  // most of it, its pattern, white markings
  Pattern pattern = Pattern::kPlain;
  double pattern_scale = 1, pattern_share = 0;  // share: threshold in [-0.5, 0.5], higher is less
  bool light_chest = false, light_muzzle = false, light_paws = false, light_tail_tip = false, blaze = false;
  double fluff = 0;  // length of tufts at the outline, in head radii
  std::uint64_t seed = 0;

  // `at` in the part's own coordinates, head radii.
  Color color(Vec at, Region region) const;
};

enum class EarKind : std::uint8_t { kCatPointed, kFloppy, kLongFloppy, kButton, kUpright };

// Lengths in head radii, angles in turns.
struct Head {
  double width = 1, height = 1;
  double yaw = 0, pitch = 0, roll = 0;  // yaw: positive looks to +x; 0 looks at the viewer
  EarKind ear = EarKind::kCatPointed;
  double ear_length = 1, ear_width = 1, ear_spread = 0;
  double muzzle_length = 0, muzzle_width = 1;  // length 0.1 (flat) to 1.1 (long); cats: about 0
  double eye_size = 1, eye_spread = 1;
  Color iris;
  double pupil = 1;  // width over height: 0.2 slit to 1 round
  bool eyes_closed = false;
  Color nose;
  double mouth_open = 0;
  bool tongue = false;
  Color whisker;
};

struct Tail {
  double length = 2, thickness = 0.2, curl = 0.3, tip = 1;  // tip: its thickness relative to the root's
};

enum class Pose : std::uint8_t { kStanding, kSittingSide, kSittingFront, kLyingSide, kLyingFront };

struct Animal {
  Species species = Species::kCat;
  Fur fur;
  Head head;
  Tail tail;
  Pose pose = Pose::kStanding;
  double leg_length = 1, leg_thickness = 1, girth = 1, stride = 0, neck = 1;
  bool collar = false, tag = false;
  Color collar_color;
  double outline = 0.6;  // opacity of the dark rim around parts
  Vec light = {-0.5, -0.7};
};

// `look` gives what both species share, `shape` what tells them apart.
Animal make_animal(Species species, Random& look, Random& shape);

bool chance(Random& random, double probability);

}  // namespace paw::draw
