// What a model's scores for examples that it has not learned from tell: how far its scores can be trusted, when it
// should say "not sure", and which labels look wrong. Scores are probabilities, [examples][classes].
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paw {

struct HeldOutScores {
  std::int64_t classes = 0;
  std::vector<float> scores;
  std::vector<std::int64_t> expected;  // the label of each example

  std::span<const float> of(std::size_t example) const {
    const auto width = static_cast<std::size_t>(classes);
    return std::span<const float>(scores).subspan(example * width, width);
  }
};

// The softmax of logits / T out of the softmax of the logits: p^(1/T), normalised.
void apply_temperature(std::span<float> scores, double temperature);
void apply_temperature(HeldOutScores& held_out, double temperature);

// The temperature with the least negative log-likelihood (Guo et al. 2017), within [1/20, 20]. 1 for no examples.
// Labels are smoothed by 1/(n+2), as Platt 1999 does: n examples that are all right say no more than that.
double fit_temperature(const HeldOutScores& held_out);

// The largest threshold below which at most `most_lost` of the examples have their best score. 0 when not one may be
// lost.
double not_sure_threshold(const HeldOutScores& held_out, double most_lost);

// An example whose label looks wrong.
struct Suspect {
  std::size_t example = 0;
  std::int64_t suggested = 0;  // the class that it looks like
  double score = 0;            // of that class
  double margin = 0;           // score of its own label minus `score`: the lower, the more suspicious
};

// Confident learning (Northcutt, Jiang & Chuang 2021): an example is suspect when another class has its best score, and
// that score is at least the mean score which examples of that class have for it. Most suspicious first.
std::vector<Suspect> likely_mislabels(const HeldOutScores& held_out);

// The fold, 0 to folds - 1, of each example. Examples of one group stay together; each class, and groups of it, are
// spread evenly. A function of its arguments. `groups`: a number per example; equal numbers stay together.
std::vector<std::int64_t> stratified_folds(std::span<const std::int64_t> labels, std::span<const std::uint64_t> groups,
                                           std::int64_t folds, std::uint64_t seed);

}  // namespace paw
