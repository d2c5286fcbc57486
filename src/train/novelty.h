// How unlike its training photos a photo is, by its features, and a classifier that gets less sure the further away it
// is. docs/training.md has the reasons and what it was measured to do.
//
// The distance is the squared length of sqrt(features) outside the subspace that holds most of the training photos'
// variance, after Wang et al. 2022 ("ViM"); the square root keeps single strong features from deciding (as in the
// Hellinger distance).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ir/model.h"

namespace paw {

// Sums over examples that mean and covariance of the square roots of their features come from.
class FeatureMoments {
 public:
  explicit FeatureMoments(std::int64_t width = 0);
  void add(std::span<const float> features);
  void add(const FeatureMoments& others);
  void subtract(const FeatureMoments& some);  // that were added before

 private:
  friend struct Novelty;
  std::int64_t width_ = 0;
  double count_ = 0;
  std::vector<double> sum_, products_;  // [width], [width][width] with the upper triangle alone
};

struct Novelty {
  std::int64_t width = 0, directions = 0;
  std::vector<float> mean, basis;  // [width], [directions][width] orthonormal
  double limit = 0;                // the distance from which on a photo counts as unlike them

  // The subspace of the largest variance (block power iteration, Halko et al. 2011), without a limit. At most `width`
  // directions; fewer than half as many as there are examples.
  static Novelty fit(const FeatureMoments& moments, std::int64_t directions);
  double distance(std::span<const float> features) const;
  // What logits are divided by at that distance: 1 up to the limit, then rising steeply.
  double divisor(double distance) const;
};

// `model` with its logits divided by the divisor of its features, as ordinary nodes: up to the limit it answers as
// before, beyond it the same class with lower scores. kUnsupported: it has no "features", or does not end in a softmax.
Result<Model> with_novelty(const Model& model, const Novelty& novelty);

// What with_novelty() was given, also after passes of `deploy`; none: the model's logits are divided by no novelty.
std::optional<Model> without_novelty(const Model& model);

}  // namespace paw
