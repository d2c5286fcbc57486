// How a training looks: the epoch table for people, JSON for programs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "pipeline/train.h"

namespace paw {

Json to_json(const TrainPhotosResult& result) {
  Json epochs = Json::array();
  for (const EpochRow& row : result.epochs) {
    epochs.push_back({{"epoch", row.epoch},
                      {"loss", row.loss},
                      {"accuracy", row.accuracy},
                      {"val_loss", row.val_loss},
                      {"val_accuracy", row.val_accuracy},
                      {"lr", row.learning_rate},
                      {"images_per_s", row.images_per_s},
                      {"seconds", row.seconds}});
  }
  return {
      {"way", result.way},
      {"photos", {{"train", result.train}, {"val", result.val}, {"test", result.test}, {"left_out", result.left_out}}},
      {"epochs", std::move(epochs)},
      {"best_epoch", result.best_epoch},
      {"test", to_json(result.report)},
      {"model", result.model},
      {"run", result.run}};
}

std::string to_text(const TrainPhotosResult& result) {
  return fmt::format("best epoch {}; test: {}model {}\n", result.best_epoch, to_text(result.report), result.model);
}

std::string epoch_header() { return "epoch    loss  accuracy   val loss  val accuracy  photos/s  seconds"; }

std::string epoch_line(const EpochRow& row) {
  return fmt::format("{:5}  {:6.4f}  {:7.1f} %  {:9.4f}  {:10.1f} %  {:8.0f}  {:7.1f}", row.epoch, row.loss,
                     row.accuracy * 100, row.val_loss, row.val_accuracy * 100, row.images_per_s, row.seconds);
}

}  // namespace paw
