#include "pipeline/epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "pipeline/checkpoint.h"
#include "train/evaluate.h"

namespace paw {

namespace {

constexpr const char* kRowKeys[] = {"epoch",        "step", "loss",         "accuracy", "val_loss",
                                    "val_accuracy", "lr",   "images_per_s", "seconds"};

class EpochRun {
 public:
  EpochRun(const Phase& phase, Trainer& trainer, TrainHistory& history)
      : phase_(phase), trainer_(trainer), history_(history) {
    history_.best = {};
  }

  // Goes on from the newest checkpoint, if there is one.
  Status resume() {
    if (phase_.checkpoints.empty()) return {};
    std::vector<std::string> passed_over;
    PAW_ASSIGN_OR_RETURN(auto found,
                         read_checkpoint(phase_.checkpoints, phase_.name, trainer_.state().values, passed_over));
    for (const std::string& message : passed_over) phase_.note("passed over a checkpoint: " + message);
    if (!found) return {};
    const auto about = parse_json(found->about, phase_.checkpoints.string(), {}, ErrorCode::kResumeRefused);
    if (!about) return std::unexpected(about.error());
    const auto known = history_from(about->value("history", Json()));
    if (!known || about->value("identity", "") != phase_.identity) {
      return fail(ErrorCode::kResumeRefused, phase_.checkpoints.string(), "holds the checkpoints of another run",
                  "start again with --force");
    }
    PAW_RETURN_IF_ERROR(trainer_.restore(found->state));
    history_ = *known;
    best_ = std::move(found->best);
    return {};
  }

  Status finish_epoch(const EpochSummary& epoch, const Evaluation& seen, std::int64_t examples) {
    EpochRow row{.epoch = phase_.epochs_before + epoch.epoch,
                 .step = epoch.steps,
                 .loss = epoch.loss,
                 .accuracy = epoch.accuracy,
                 .val_loss = seen.loss,
                 .val_accuracy = seen.accuracy,
                 .learning_rate = epoch.learning_rate,
                 .images_per_s = static_cast<double>(examples) / std::max(epoch.seconds, 1e-9),
                 .seconds = epoch.seconds};
    if (!phase_.timed) row.images_per_s = row.seconds = 0;
    history_.rows.push_back(row);
    if (history_.best.add(row.epoch, seen.loss)) best_ = trainer_.state().values;
    PAW_RETURN_IF_ERROR(keep());
    return phase_.epoch_done(history_);
  }

  bool stopped() const {
    return history_.best.epoch > 0 &&
           history_.best.stop(phase_.epochs_before + trainer_.state().epochs_done, phase_.patience);
  }

  const std::vector<Tensor>& best() const { return best_; }

 private:
  Status keep() const {
    if (phase_.checkpoints.empty()) return {};
    const Json about = {{"identity", phase_.identity}, {"history", to_json(history_)}};
    return write_checkpoint(phase_.checkpoints, phase_.name, {trainer_.state(), best_, to_text(about)});
  }

  const Phase& phase_;
  Trainer& trainer_;
  TrainHistory& history_;
  std::vector<Tensor> best_;  // the trainer's values after the best epoch
};

}  // namespace

Json to_json(const TrainHistory& history) {
  Json rows = Json::array();
  for (const EpochRow& r : history.rows) {
    rows.push_back({{"epoch", r.epoch},
                    {"step", r.step},
                    {"loss", r.loss},
                    {"accuracy", r.accuracy},
                    {"val_loss", r.val_loss},
                    {"val_accuracy", r.val_accuracy},
                    {"lr", r.learning_rate},
                    {"images_per_s", r.images_per_s},
                    {"seconds", r.seconds}});
  }
  return {{"epochs", std::move(rows)}, {"best_epoch", history.best.epoch}, {"best_val_loss", history.best.loss}};
}

std::optional<TrainHistory> history_from(const Json& json) {
  const auto number = [](const Json& of, const char* key) {
    return of.is_object() && of.contains(key) && of[key].is_number();
  };
  if (!number(json, "best_epoch") || !number(json, "best_val_loss") || !json.contains("epochs")) return std::nullopt;
  TrainHistory history{.rows = {}, .best = {.epoch = json["best_epoch"], .loss = json["best_val_loss"]}};
  for (const Json& r : json["epochs"]) {
    if (!std::ranges::all_of(kRowKeys, [&](const char* key) { return number(r, key); })) return std::nullopt;
    history.rows.push_back({.epoch = r["epoch"],
                            .step = r["step"],
                            .loss = r["loss"],
                            .accuracy = r["accuracy"],
                            .val_loss = r["val_loss"],
                            .val_accuracy = r["val_accuracy"],
                            .learning_rate = r["lr"],
                            .images_per_s = r["images_per_s"],
                            .seconds = r["seconds"]});
  }
  return history;
}

Result<Model> run_epochs(const Phase& phase, const Model& start, const ExampleSource& train, const ExampleSource& val,
                         TrainHistory& history, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(Trainer trainer, Trainer::create(start, phase.settings, train.size()));
  EpochRun run(phase, trainer, history);
  PAW_RETURN_IF_ERROR(run.resume());
  const auto photos = [&](std::int64_t epochs) { return static_cast<std::uint64_t>(epochs * train.size()); };
  progress.start(phase.name, photos(phase.settings.epochs), "photos", photos(trainer.state().epochs_done));
  while (trainer.state().epochs_done < phase.settings.epochs && !run.stopped()) {
    std::int64_t before = 0;
    PAW_ASSIGN_OR_RETURN(const EpochSummary epoch, trainer.run_epoch(train, [&](std::int64_t done, std::int64_t) {
      progress.advance(static_cast<std::uint64_t>(done - before));
      before = done;
    }));
    const RunSettings settings{.batch = 32, .threads = phase.settings.threads};
    PAW_ASSIGN_OR_RETURN(const Evaluation seen, evaluate(trainer.model(phase.settings.step.ema > 0), val, settings));
    PAW_RETURN_IF_ERROR(run.finish_epoch(epoch, seen, train.size()));
  }
  progress.finish();
  if (run.best().empty()) {
    return fail(ErrorCode::kDiverged, phase.name, "no epoch had a validation loss that is a number",
                "try a tenth of the learning rate, or more warm-up");
  }
  return trainer.model_of(run.best(), phase.settings.step.ema > 0);
}

}  // namespace paw
