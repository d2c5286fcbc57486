#include "train/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace paw::calibration_test {

// Examples whose labels are drawn from softmax(z), and the scores of a model that says softmax(z * factor).
HeldOutScores overconfident(double factor, std::size_t count, std::int64_t classes) {
  Random random(5);
  HeldOutScores held_out{.classes = classes, .scores = {}, .expected = {}};
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> z(static_cast<std::size_t>(classes)), truth;
    for (double& v : z) v = 2 * random.normal();
    for (const double v : z) truth.push_back(std::exp(v));
    const double total = std::accumulate(truth.begin(), truth.end(), 0.0);
    double point = random.uniform() * total;
    std::int64_t label = 0;
    while (label + 1 < classes && point > truth[static_cast<std::size_t>(label)]) {
      point -= truth[static_cast<std::size_t>(label++)];
    }
    held_out.expected.push_back(label);
    double sum = 0;
    for (const double v : z) sum += std::exp(factor * v);
    for (const double v : z) held_out.scores.push_back(static_cast<float>(std::exp(factor * v) / sum));
  }
  return held_out;
}

TEST(Calibration, FindsTheTemperatureThatScoresWereSharpenedBy) {
  EXPECT_NEAR(fit_temperature(overconfident(3, 20'000, 4)), 3, 0.1);
  EXPECT_NEAR(fit_temperature(overconfident(0.5, 20'000, 4)), 0.5, 0.02);
  EXPECT_EQ(fit_temperature({.classes = 2, .scores = {}, .expected = {}}), 1);
  // Always wrong: the bound holds. Always right: scores say so as far as the number of examples goes, n of n + 2.
  EXPECT_NEAR(fit_temperature({2, {0.6f, 0.4f}, {1}}), 20, 1e-2);
  for (const std::size_t count : {10u, 1000u}) {
    HeldOutScores right{2, {}, std::vector<std::int64_t>(count)};
    for (std::size_t i = 0; i < count; ++i) right.scores.insert(right.scores.end(), {0.6f, 0.4f});
    std::vector<float> scores = {0.6f, 0.4f};
    apply_temperature(scores, fit_temperature(right));
    EXPECT_NEAR(1 - scores[0], 1 / (static_cast<double>(count) + 2), 1e-5);
  }
}

TEST(Calibration, TemperatureIsTheSoftmaxOfDividedLogits) {
  std::vector<float> scores = {0.7f, 0.2f, 0.1f};
  std::vector<double> expected;
  for (const float p : scores) expected.push_back(std::pow(p, 1 / 2.5));
  const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
  apply_temperature(scores, 2.5);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(scores[i], expected[i] / sum, 1e-6);
  std::vector<float> sure = {1, 0, 0};
  apply_temperature(sure, 3);
  EXPECT_NEAR(sure[0], 1, 1e-6);
  std::vector<float> untouched = {0.3f, 0.7f};
  apply_temperature(untouched, 1);
  EXPECT_EQ(untouched, (std::vector<float>{0.3f, 0.7f}));
}

TEST(Calibration, ThresholdLosesAtMostTheShareThatMayGo) {
  const HeldOutScores held_out = overconfident(1, 1000, 3);
  for (const double share : {0.0, 0.0005, 0.02, 0.5}) {
    const double threshold = not_sure_threshold(held_out, share);
    std::size_t lost = 0;
    for (std::size_t i = 0; i < 1000; ++i) lost += std::ranges::max(held_out.of(i)) < threshold ? 1U : 0U;
    EXPECT_EQ(lost, static_cast<std::size_t>(share * 1000)) << share;
  }
}

TEST(Calibration, WrongLabelsAreSuspectAndTheWorstComesFirst) {
  HeldOutScores held_out{2, {0.9f, 0.1f, 0.8f, 0.2f, 0.2f, 0.8f, 0.1f, 0.9f}, {0, 0, 1, 1}};
  EXPECT_TRUE(likely_mislabels(held_out).empty());
  held_out.scores.insert(held_out.scores.end(), {0.06f, 0.94f, 0.02f, 0.98f, 0.45f, 0.55f});
  held_out.expected.insert(held_out.expected.end(), {0, 0, 0});  // the last one is merely uncertain
  const std::vector<Suspect> suspects = likely_mislabels(held_out);
  ASSERT_EQ(suspects.size(), 2u);
  EXPECT_EQ(suspects[0].example, 5u);
  EXPECT_EQ(suspects[1].example, 4u);
  EXPECT_EQ(suspects[0].suggested, 1);
  EXPECT_NEAR(suspects[0].margin, -0.96, 1e-6);
}

TEST(Calibration, FoldsAreEvenPerClassAndKeepGroupsTogether) {
  std::vector<std::int64_t> labels;
  std::vector<std::uint64_t> groups;
  for (std::uint64_t i = 0; i < 103; ++i) {
    labels.push_back(i < 60 ? 0 : 1);
    groups.push_back(i < 6 ? 0 : 1000 + i);  // six near-duplicates
  }
  const auto folds = stratified_folds(labels, groups, 5, 9);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(folds[i], folds[0]);
  for (std::int64_t label = 0; label < 2; ++label) {
    for (std::int64_t fold = 0; fold < 5; ++fold) {
      std::int64_t of_both = 0;
      for (std::size_t i = 0; i < folds.size(); ++i) of_both += labels[i] == label && folds[i] == fold ? 1 : 0;
      EXPECT_NEAR(static_cast<double>(of_both), label == 0 ? 12 : 8.6, 5.1);
    }
  }
  EXPECT_EQ(folds, stratified_folds(labels, groups, 5, 9));
  EXPECT_NE(folds, stratified_folds(labels, groups, 5, 10));
}

}  // namespace paw::calibration_test
