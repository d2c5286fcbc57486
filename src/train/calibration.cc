#include "train/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"
#include "train/data.h"

namespace paw {

namespace {

constexpr double kLeast = 1e-38;  // scores are float32: what was rounded to 0 is not impossible
constexpr double kHottest = 20;

// Negative log-likelihood at 1/T = `sharpness`, the labels smoothed.
double loss_at(const HeldOutScores& held_out, double sharpness) {
  const auto classes = static_cast<double>(held_out.classes);
  const double other = 1 / (static_cast<double>(held_out.expected.size()) + 2) / std::max(classes - 1, 1.0);
  const double own = 1 - other * (classes - 1);
  double loss = 0;
  for (std::size_t i = 0; i < held_out.expected.size(); ++i) {
    const auto scores = held_out.of(i);
    const double best = std::log(std::max<double>(std::ranges::max(scores), kLeast));
    double sum = 0, wanted = 0;
    for (std::size_t c = 0; c < scores.size(); ++c) {
      const double logit = sharpness * (std::log(std::max<double>(scores[c], kLeast)) - best);
      sum += std::exp(logit);
      wanted += (static_cast<std::int64_t>(c) == held_out.expected[i] ? own : other) * logit;
    }
    loss += std::log(sum) - wanted;
  }
  return loss;
}

// The mean score that examples of each class have for it; above 1 for a class without examples.
std::vector<double> self_confidence(const HeldOutScores& held_out) {
  const auto classes = static_cast<std::size_t>(held_out.classes);
  std::vector<double> sum(classes), count(classes);
  for (std::size_t i = 0; i < held_out.expected.size(); ++i) {
    const auto label = static_cast<std::size_t>(held_out.expected[i]);
    sum[label] += held_out.of(i)[label];
    count[label] += 1;
  }
  for (std::size_t c = 0; c < classes; ++c) sum[c] = count[c] > 0 ? sum[c] / count[c] : 2;
  return sum;
}

}  // namespace

void apply_temperature(std::span<float> scores, double temperature) {
  if (temperature == 1 || scores.empty()) return;
  const double best = std::log(std::max<double>(std::ranges::max(scores), kLeast));
  double sum = 0;
  for (float& p : scores) {
    const double raised = std::exp((std::log(std::max<double>(p, kLeast)) - best) / temperature);
    p = static_cast<float>(raised);
    sum += raised;
  }
  for (float& p : scores) p = static_cast<float>(p / sum);
}

void apply_temperature(HeldOutScores& held_out, double temperature) {
  const auto width = static_cast<std::size_t>(held_out.classes);
  for (std::size_t i = 0; i < held_out.expected.size(); ++i) {
    apply_temperature(std::span(held_out.scores).subspan(i * width, width), temperature);
  }
}

double fit_temperature(const HeldOutScores& held_out) {
  if (held_out.expected.empty()) return 1;
  // The loss is convex in 1/T; golden-section search over its logarithm, where it has one minimum too.
  constexpr double kGolden = 0.6180339887498949;
  double low = -std::log(kHottest), high = std::log(kHottest);
  double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
  double at_a = loss_at(held_out, std::exp(a)), at_b = loss_at(held_out, std::exp(b));
  while (high - low > 1e-6) {
    if (at_a <= at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = loss_at(held_out, std::exp(a));
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = loss_at(held_out, std::exp(b));
    }
  }
  return std::exp(-(low + high) / 2);
}

double not_sure_threshold(const HeldOutScores& held_out, double most_lost) {
  std::vector<float> best;
  for (std::size_t i = 0; i < held_out.expected.size(); ++i) best.push_back(std::ranges::max(held_out.of(i)));
  const auto may_go = static_cast<std::size_t>(most_lost * static_cast<double>(best.size()));
  if (may_go == 0) return 0;
  std::ranges::nth_element(best, best.begin() + static_cast<std::ptrdiff_t>(may_go));
  return best[may_go];
}

std::vector<Suspect> likely_mislabels(const HeldOutScores& held_out) {
  const std::vector<double> usual = self_confidence(held_out);
  std::vector<Suspect> suspects;
  for (std::size_t i = 0; i < held_out.expected.size(); ++i) {
    const auto scores = held_out.of(i);
    const std::int64_t said = best_class(scores);
    const double score = scores[static_cast<std::size_t>(said)];
    if (said == held_out.expected[i] || score < usual[static_cast<std::size_t>(said)]) continue;
    suspects.push_back({i, said, score, scores[static_cast<std::size_t>(held_out.expected[i])] - score});
  }
  std::ranges::sort(suspects, {}, [](const Suspect& s) { return std::pair(s.margin, s.example); });
  return suspects;
}

std::vector<std::int64_t> stratified_folds(std::span<const std::int64_t> labels, std::span<const std::uint64_t> groups,
                                           std::int64_t folds, std::uint64_t seed) {
  // A group counts as of the class of its first example; groups of one class are dealt out in a random order.
  std::map<std::uint64_t, std::int64_t> class_of;
  for (std::size_t i = 0; i < labels.size(); ++i) class_of.try_emplace(groups[i], labels[i]);
  std::map<std::int64_t, std::vector<std::pair<std::uint64_t, std::uint64_t>>> decks;
  for (const auto& [group, label] : class_of) decks[label].emplace_back(random_bits(seed, group, 0), group);
  std::map<std::uint64_t, std::int64_t> fold_of;
  std::int64_t next = 0;  // goes on from class to class: small classes do not all start in fold 0
  for (auto& [label, deck] : decks) {
    std::ranges::sort(deck);
    for (const auto& [order, group] : deck) fold_of[group] = next++ % folds;
  }
  std::vector<std::int64_t> result;
  for (const std::uint64_t group : groups) result.push_back(fold_of.at(group));
  return result;
}

}  // namespace paw
