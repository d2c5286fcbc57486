#include "pipeline/calibrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "train/data.h"

namespace paw {

namespace {

constexpr double kMostLost = 0.02;  // of photos of the model's own classes
constexpr double kFar = 0.02;       // share of them whose scores distance makes smaller
constexpr std::int64_t kFewest = 20;

// The value that a share of `values` exceeds.
double upper_quantile(std::vector<double> values, double share) {
  const auto above = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  const auto place = values.end() - 1 - static_cast<std::ptrdiff_t>(above);
  std::ranges::nth_element(values, place);
  return *place;
}

}  // namespace

Result<Model> calibrate(const Model& model, HeldOut& held_out, CalibrationReport& report) {
  report = {.from = held_out.from, .photos = std::ssize(held_out.scores.expected)};
  const auto count = static_cast<std::size_t>(report.photos);
  for (std::size_t i = 0; i < count; ++i) {
    report.accuracy += best_class(held_out.scores.of(i)) == held_out.scores.expected[i] ? 1 : 0;
  }
  report.accuracy /= std::max(1.0, static_cast<double>(count));
  Model out = model;
  if (report.photos < kFewest) {
    report.from = fmt::format("nothing: {} photos are too few", report.photos);
    return out;
  }
  report.temperature = out.temperature = fit_temperature(held_out.scores);
  apply_temperature(held_out.scores, report.temperature);
  HeldOutScores said = held_out.scores;
  if (!held_out.distances.empty()) {
    Novelty& novelty = held_out.novelty;
    report.novelty_limit = novelty.limit = novelty_limit(held_out.distances);
    const auto width = static_cast<std::size_t>(said.classes);
    for (std::size_t i = 0; i < count; ++i) {
      apply_temperature(std::span(said.scores).subspan(i * width, width), novelty.divisor(held_out.distances[i]));
    }
    if (novelty.limit > 0) {
      PAW_ASSIGN_OR_RETURN(out, with_novelty(out, novelty));
    }
  }
  report.threshold = out.threshold = not_sure_threshold(said, kMostLost);
  for (std::size_t i = 0; i < count; ++i) report.lost += std::ranges::max(said.of(i)) < report.threshold ? 1 : 0;
  report.lost /= static_cast<double>(count);
  return out;
}

double novelty_limit(std::vector<double> held_out_distances) {
  return upper_quantile(std::move(held_out_distances), kFar);
}

}  // namespace paw
