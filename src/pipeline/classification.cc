#include "pipeline/classification.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/text.h"

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

double calibration_error(const Evaluation& e) {
  constexpr std::size_t kBins = 15;
  std::array<double, kBins> score{}, right{}, count{};
  const auto classes = static_cast<std::size_t>(e.classes);
  for (std::size_t i = 0; i < e.predicted.size(); ++i) {
    const double best = e.scores[i * classes + static_cast<std::size_t>(e.predicted[i])];
    const std::size_t bin = std::min(static_cast<std::size_t>(best * kBins), kBins - 1);
    score[bin] += best;
    right[bin] += e.predicted[i] == e.expected[i] ? 1 : 0;
    count[bin] += 1;
  }
  double error = 0;
  for (std::size_t b = 0; b < kBins; ++b) error += std::abs(score[b] - right[b]);
  return share(error, static_cast<double>(e.predicted.size()));
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

ClassificationReport classification_report(const Evaluation& e, const std::vector<std::string>& labels) {
  const auto classes = static_cast<std::size_t>(e.classes);
  ClassificationReport report{.images = std::ssize(e.predicted), .top1 = e.accuracy, .loss = e.loss};
  report.confusion.assign(classes, std::vector<std::int64_t>(classes));
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

Json to_json(const ClassificationReport& report) {
  Json classes = Json::array();
  for (const ClassReport& c : report.classes) {
    classes.push_back(
        {{"label", c.label}, {"images", c.images}, {"precision", c.precision}, {"recall", c.recall}, {"f1", c.f1}});
  }
  return {{"images", report.images}, {"top1", report.top1}, {"top1_interval", {report.low, report.high}},
          {"loss", report.loss},     {"classes", classes},  {"confusion", report.confusion},
          {"ece", report.ece}};
}

std::string to_text(const ClassificationReport& report) {
  std::string out = fmt::format(
      "accuracy {:.1f} % ({} of {}; 95 % interval {:.1f} to {:.1f} %), loss {:.4f}, calibration error {:.3f}\n",
      report.top1 * 100, report.right, report.images, report.low * 100, report.high * 100, report.loss, report.ece);
  if (report.classes.size() > 50) return out;
  using enum Table::Align;
  Table table({kLeft, kRight, kRight, kRight, kRight});
  table.header({"class", "photos", "precision", "recall", "F1"});
  for (const ClassReport& c : report.classes) {
    table.row({printable(c.label), std::to_string(c.images), fmt::format("{:.3f}", c.precision),
               fmt::format("{:.3f}", c.recall), fmt::format("{:.3f}", c.f1)});
  }
  return out + table.text();
}

}  // namespace paw
