// Examples of a batch mixed with each other, inputs and targets alike: against learning few examples by heart.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "tensor/shape.h"

namespace paw {

// Each is the alpha of Beta(alpha, alpha), from which a batch's share is drawn; 0: none. With both, each batch takes
// either with even odds.
struct Mixing {
  double mixup = 0;   // sums of two examples (Zhang et al. 2018)
  double cutmix = 0;  // a rectangle of another image (Yun et al. 2019)

  bool any() const { return mixup > 0 || cutmix > 0; }
};

// kUsage: an alpha that is no finite number of at least 0, or CutMix where the inputs [N,...] are no images [N,H,W,C].
Status check_mixing(const Mixing& mixing, const Shape& inputs);

// Mixes example i of the batch with example N - 1 - i, both ways: lambda of its own, 1 - lambda of the other, which in
// CutMix is the rectangle's share of the image. `shape`: of the inputs, [N,...]. Bits depend on the seed, the step and
// what is there alone.
void mix_batch(const Mixing& mixing, const Shape& shape, std::uint64_t seed, std::int64_t step, std::span<float> inputs,
               std::span<float> targets);

}  // namespace paw
