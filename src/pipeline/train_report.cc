// How a training looks: the epoch table for people, JSON for programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/train.h"

namespace paw {

Json to_json(const LikelyMislabel& m) {
  return {{"path", m.path}, {"label", m.label}, {"suggested", m.suggested}, {"score", m.score}};
}

std::string to_text(const LikelyMislabel& m) {
  return fmt::format("{}: labelled {}, looks like {} ({:.2f})", printable(m.path), printable(m.label),
                     printable(m.suggested), m.score);
}

Json to_json(const TrainPhotosResult& result) {
  Json mislabels = Json::array();
  for (const LikelyMislabel& m : result.likely_mislabels) mislabels.push_back(to_json(m));
  const CalibrationReport& c = result.calibration;
  return {
      {"way", result.way},
      {"labels", result.labels},
      {"photos", {{"train", result.train}, {"val", result.val}, {"test", result.test}, {"left_out", result.left_out}}},
      {"epochs", to_json(TrainHistory{result.epochs, {}})["epochs"]},
      {"best_epoch", result.best_epoch},
      {"test", to_json(result.report)},
      {"calibration",
       {{"from", c.from},
        {"photos", c.photos},
        {"accuracy", c.accuracy},
        {"temperature", c.temperature},
        {"threshold", c.threshold},
        {"novelty_limit", c.novelty_limit},
        {"lost", c.lost}}},
      {"likely_mislabels", std::move(mislabels)},
      {"model", result.model},
      {"run", result.run}};
}

std::string to_text(const TrainPhotosResult& result) {
  constexpr std::size_t kShown = 10;
  const CalibrationReport& c = result.calibration;
  std::string text = fmt::format("best epoch {}; test: {}", result.best_epoch, to_text(result.report));
  text += fmt::format(
      "calibrated on {}: accuracy {:.1f} %, temperature {:.2f}; \"not sure\" below {:.3f} turns away {:.1f} % of "
      "them\n",
      c.from, c.accuracy * 100, c.temperature, c.threshold, c.lost * 100);
  if (!result.likely_mislabels.empty()) {
    text +=
        fmt::format("{} photos may have the wrong label, the most suspicious first:\n", result.likely_mislabels.size());
    for (std::size_t i = 0; i < std::min(kShown, result.likely_mislabels.size()); ++i) {
      text += "  " + to_text(result.likely_mislabels[i]) + "\n";
    }
    if (result.likely_mislabels.size() > kShown) text += "  (all of them: run.json)\n";
  }
  return text + fmt::format("model {}\n", printable(result.model));
}

TrainPhotosEvents show_on(Progress& progress) {
  const auto epoch_done = [&progress, begun = false](const EpochRow& row) mutable {
    if (!begun) progress.note("epoch    loss  accuracy   val loss  val accuracy  photos/s  seconds");
    begun = true;
    progress.note(fmt::format("{:5}  {:6.4f}  {:7.1f} %  {:9.4f}  {:10.1f} %  {:8.0f}  {:7.1f}", row.epoch, row.loss,
                              row.accuracy * 100, row.val_loss, row.val_accuracy * 100, row.images_per_s, row.seconds));
  };
  return {.note = [&progress](const std::string& text) { progress.note(text); }, .epoch_done = epoch_done};
}

}  // namespace paw
