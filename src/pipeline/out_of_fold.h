// What a classifier on frozen features says of photos that it has not seen: k folds, each judged by what was learned
// from the others.
#pragma once

#include <functional>

#include "pipeline/features.h"
#include "train/calibration.h"
#include "train/novelty.h"
#include "train/trainer.h"

namespace paw {

struct OutOfFold {
  HeldOutScores scores;           // of the plain views of `train`'s photos, then `val`'s
  std::vector<double> distances;  // from the other folds' photos (train/novelty.h); no limit is set
  FeatureMoments moments;         // of all of them
};

// Every fold trains `classifier` anew, for `epochs` of settings.epochs. Near-duplicates share a fold. `fold_done` is
// told after each.
Result<OutOfFold> out_of_fold(const Features& train, const Features& val, std::int64_t width, const Model& classifier,
                              const TrainSettings& settings, std::int64_t epochs, std::int64_t folds,
                              const std::function<void()>& fold_done);

// The moments of the plain views of some of a source's examples, of at most a few thousand of them. `width`: features
// of an example.
Result<FeatureMoments> moments_of(const ExampleSource& source, std::int64_t width);

// The number of directions that novelty is fitted with.
inline constexpr std::int64_t kNoveltyDirections = 32;

}  // namespace paw
