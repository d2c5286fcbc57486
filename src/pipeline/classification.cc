#include "pipeline/classification.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace paw {

namespace {

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

void interval(ClassificationReport& report) {
  constexpr double kZ = 1.959963984540054;
  const auto n = static_cast<double>(report.images);
  if (n == 0) return;
  const double p = report.top1, spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double centre = p + kZ * kZ / (2 * n), scale = 1 + kZ * kZ / n;
  report.low = std::max(0.0, (centre - spread) / scale);
  report.high = std::min(1.0, (centre + spread) / scale);
}

double best_score(const Evaluation& e, std::size_t example) {
  return e.scores[example * static_cast<std::size_t>(e.classes) + static_cast<std::size_t>(e.predicted[example])];
}

double calibration_error(const Evaluation& e) {
  constexpr std::size_t kBins = 15;
  std::array<double, kBins> score{}, right{};
  for (std::size_t i = 0; i < e.predicted.size(); ++i) {
    const double best = best_score(e, i);
    const std::size_t bin = std::min(static_cast<std::size_t>(best * kBins), kBins - 1);
    score[bin] += best;
    right[bin] += e.predicted[i] == e.expected[i] ? 1 : 0;
  }
  double error = 0;
  for (std::size_t b = 0; b < kBins; ++b) error += std::abs(score[b] - right[b]);
  return share(error, static_cast<double>(e.predicted.size()));
}

NotSure not_sure(const Evaluation& e, double threshold) {
  NotSure out{.threshold = threshold};
  for (std::size_t i = 0; i < e.predicted.size(); ++i) {
    if (best_score(e, i) < threshold) {
      ++out.images;
    } else {
      ++out.rest_images;
      out.rest_right += e.predicted[i] == e.expected[i] ? 1 : 0;
    }
  }
  return out;
}

ClassReport class_report(const ClassificationReport& all, std::size_t c, std::string label) {
  double said = 0, there = 0;
  for (std::size_t k = 0; k < all.confusion.size(); ++k) {
    said += static_cast<double>(all.confusion[k][c]);
    there += static_cast<double>(all.confusion[c][k]);
  }
  const auto both = static_cast<double>(all.confusion[c][c]);
  ClassReport report{.label = std::move(label), .images = static_cast<std::int64_t>(there)};
  report.precision = share(both, said);
  report.recall = share(both, there);
  report.f1 = share(2 * both, said + there);
  return report;
}

}  // namespace

ClassificationReport classification_report(const Evaluation& e, const std::vector<std::string>& labels,
                                           std::optional<double> threshold) {
  const auto classes = static_cast<std::size_t>(e.classes);
  ClassificationReport report{.images = std::ssize(e.predicted), .top1 = e.accuracy, .loss = e.loss};
  report.confusion.assign(classes, std::vector<std::int64_t>(classes));
  if (threshold) report.not_sure = not_sure(e, *threshold);
  for (std::size_t i = 0; i < e.predicted.size(); ++i) {
    ++report.confusion[static_cast<std::size_t>(e.expected[i])][static_cast<std::size_t>(e.predicted[i])];
    report.right += e.predicted[i] == e.expected[i] ? 1 : 0;
  }
  report.ece = calibration_error(e);
  interval(report);
  for (std::size_t c = 0; c < classes; ++c) {
    report.classes.push_back(class_report(report, c, c < labels.size() ? labels[c] : std::to_string(c)));
  }
  return report;
}

}  // namespace paw
