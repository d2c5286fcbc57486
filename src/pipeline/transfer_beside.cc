#include "pipeline/transfer_beside.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "pipeline/backbone.h"
#include "pipeline/clock.h"
#include "pipeline/train.h"
#include "pipeline/train_start.h"

namespace paw {

Json way_record(const Json& trained, double seconds) {
  const Json& epochs = trained["epochs"];
  const Json& best = trained["best_epoch"];
  Json record = {{"way", trained["way"]}, {"epochs", epochs.size()}, {"best_epoch", best}, {"val_accuracy", nullptr}};
  for (const Json& epoch : epochs) {
    if (epoch["epoch"] == best) record["val_accuracy"] = epoch["val_accuracy"];
  }
  record["test_accuracy"] = trained["test"]["top1"];
  record["seconds"] = seconds;
  return record;
}

Result<Json> transfer_beside(const TrainPhotosSettings& scratch, Progress& progress) {
  if (!has_backbone(usual_backbone())) {
    progress.note("no transfer beside it: the pretrained backbone is not here (setup/backbone fetches it)");
    return Json();
  }
  TrainPhotosSettings settings = scratch;
  settings.out = (std::filesystem::path(scratch.out) / "transfer").string();
  settings.backbone = usual_backbone().name;
  settings.net.clear();
  settings.size = 0;
  settings.force = false;
  settings.resume = true;
  progress.note("to compare: the same photos with the pretrained backbone");
  const auto began = Clock::now();
  PAW_ASSIGN_OR_RETURN(const TrainPhotosResult trained, train_photos(settings, progress, show_on(progress)));
  return way_record(to_json(trained), seconds_since(began));
}

}  // namespace paw
