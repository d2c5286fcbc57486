#include "pipeline/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/cpu.h"
#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "host/sha256.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "pipeline/features.h"
#include "pipeline/out_of_fold.h"
#include "pipeline/photo_data.h"
#include "pipeline/photo_store.h"
#include "pipeline/run_folder.h"
#include "pipeline/train_curves.h"
#include "pipeline/train_start.h"
#include "train/class_weights.h"
#include "train/transfer.h"

namespace paw {

namespace {

constexpr std::int64_t kViews = 3;  // of each training photo, for transfer: the plain one and two augmented
constexpr std::int64_t kFolds = 5;
class TrainRun {
 public:
  TrainRun(const TrainPhotosSettings& settings, Progress& progress, const TrainPhotosEvents& events,
           const RunFolder& folder, Json& record)
      : settings_(settings), progress_(progress), events_(events), folder_(folder), record_(record) {}

  Result<TrainPhotosResult> run() {
    PAW_RETURN_IF_ERROR(begin());
    PAW_ASSIGN_OR_RETURN(start_, choose_start(settings_, events_.note));
    PhotoStore store(*start_.model.preprocess);
    PAW_RETURN_IF_ERROR(load_photos(store.photos()));
    PAW_ASSIGN_OR_RETURN(Model model, start_.transfer ? train_classifier(store) : train_net(store.photos()));
    PAW_RETURN_IF_ERROR(finish(std::move(model), store.photos()));
    result_.data = std::move(data_);
    return std::move(result_);
  }

 private:
  Json& record() { return record_["stages"]["train"]; }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(settings_.seed); }
  std::int64_t classes() const { return std::ssize(data_.labels); }
  int threads() const { return thread_count(settings_.threads); }

  // The record of a run that goes on decides the settings.
  Status begin() {
    if (folder_.resumed()) {
      if (!record().is_object()) record() = Json::object();
      PAW_RETURN_IF_ERROR(adopt(settings_, record().value("settings", Json::object()), events_.note));
    } else if (settings_.resume && folder_.made()) {
      events_.note(fmt::format("there was no run in {} to go on with: a new one", settings_.out));
    }
    return {};
  }

  // Nothing is written, and nothing of an earlier run removed, before the photos are known to be good.
  Status write_start() {
    if (!folder_.resumed()) PAW_RETURN_IF_ERROR(folder_.clear());
    PAW_RETURN_IF_ERROR(folder_.write_record(record_));
    return write_file(folder_.path("manifest.csv"), data_.manifest);
  }

  Status load_photos(PhotoCache& cache) {
    PAW_ASSIGN_OR_RETURN(data_, load_photo_data(settings_.photos, cache, seed(), threads(), progress_));
    result_.way = start_.way;
    result_.labels = data_.labels;
    result_.train = std::ssize(data_.train);
    result_.val = std::ssize(data_.val);
    result_.test = std::ssize(data_.test);
    result_.left_out = data_.left_out;
    events_.note(fmt::format("{} photos for training, {} for validation, {} for the test; {} left out", result_.train,
                             result_.val, result_.test, result_.left_out));
    for (const std::string& warning : data_.findings.warnings) progress_.warn(warning);
    PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
    const Json inputs = {{"way", start_.way},
                         {"backbone_sha256", start_.backbone_hash},
                         {"photos_sha256", to_hex(sha256(std::as_bytes(std::span(data_.manifest))))},
                         {"instruction_set", name(isa)}};
    PAW_RETURN_IF_ERROR(compare_inputs(inputs));
    record()["state"] = "running";  // a null becomes an object
    record()["settings"] = to_json(settings_);
    record()["inputs"] = inputs;
    return write_start();
  }

  Status compare_inputs(const Json& now) {
    if (!folder_.resumed()) return {};
    const Json then = record().value("inputs", Json::object());
    for (const auto& [key, value] : now.items()) {
      if (then.value(key, Json()) == value) continue;
      const std::string message =
          key == "photos_sha256"
              ? "the photos, or what was found about them, have changed since the run was started"
              : fmt::format("{} was {}, now is {}", key, to_text(then.value(key, Json())), to_text(value));
      return fail(ErrorCode::kResumeRefused, settings_.out, message,
                  key == "instruction_set"
                      ? "go on where it was started, or with PAW_ISA set to what it was"
                      : "bring it back as it was (manifest.csv lists every photo), or start again with --force");
    }
    return {};
  }

  Result<std::unique_ptr<PhotoExamples>> examples(const std::vector<LabelledPhoto>& photos, PhotoCache& cache,
                                                  bool augmented) const {
    PhotoExamples::Settings settings{
        .preprocess = *start_.model.preprocess, .classes = classes(), .augmentation = {}, .seed = seed()};
    if (augmented) settings.augmentation = Augmentation{};
    return PhotoExamples::create(photos, settings, cache);
  }

  // What the user asked for, over what suits the phase.
  TrainSettings asked(TrainSettings settings, std::int64_t epochs, bool first) const {
    settings.epochs = epochs;
    settings.batch = settings_.batch;
    settings.seed = seed();
    settings.threads = threads();
    settings.step.ema = settings_.ema;
    settings.mixing = {.mixup = settings_.mixup, .cutmix = first && start_.transfer ? 0 : settings_.cutmix};
    if (first && settings_.learning_rate > 0) settings.learning_rate = settings_.learning_rate;
    if (settings_.class_weights == "balanced") {
      std::vector<std::int64_t> examples(data_.labels.size());
      for (const LabelledPhoto& photo : data_.train) ++examples[static_cast<std::size_t>(photo.label)];
      settings.class_weights = balanced_weights(examples);
    }
    return settings;
  }

  static TrainSettings net_settings() {
    TrainSettings settings{.learning_rate = 0.002, .warm_up = 0.3};
    settings.step.optimizer = AdamAttrs{.weight_decay = 0.02};
    settings.step.label_smoothing = 0.05;
    settings.step.statistics_momentum = 0.95;
    settings.step.clip_norm = 5;
    return settings;
  }

  // One phase, with its checkpoints in the run folder.
  Result<Model> run_phase(std::string name, const TrainSettings& settings, const Model& start,
                          const ExampleSource& train, const ExampleSource& val) {
    const std::int64_t before = history_.rows.empty() ? 0 : history_.rows.back().epoch;
    const auto epoch_done = [&](const TrainHistory& history) -> Status {
      if (events_.epoch_done) events_.epoch_done(history.rows.back());
      return write_file(folder_.path("metrics.csv"), metrics_text(history.rows));
    };
    const Phase phase{.name = std::move(name),
                      .settings = settings,
                      .patience = settings_.patience,
                      .checkpoints = folder_.path("checkpoint"),
                      .identity = to_text(Json{{"settings", record()["settings"]}, {"inputs", record()["inputs"]}}),
                      .epochs_before = before,
                      .timed = settings_.timed,
                      .epoch_done = epoch_done,
                      .note = events_.note};
    return run_epochs(phase, start, train, val, history_, progress_);
  }

  Result<Model> train_net(PhotoCache& cache) {
    PAW_ASSIGN_OR_RETURN(const Model net,
                         build_net(start_.net, {.size = settings_.size, .classes = classes(), .seed = seed()}));
    PAW_ASSIGN_OR_RETURN(const auto train, examples(data_.train, cache, true));
    PAW_ASSIGN_OR_RETURN(const auto val, examples(data_.val, cache, false));
    const TrainSettings settings = asked(net_settings(), settings_.epochs, true);
    if (result_.train < 5000) {
      events_.note(
          fmt::format("{} photos are few for training from scratch: a pretrained backbone gives more", result_.train));
    }
    PAW_ASSIGN_OR_RETURN(const Model model, run_phase("net", settings, net, *train, *val));
    PAW_ASSIGN_OR_RETURN(HeldOut held_out, by_validation(model, *val));
    PAW_ASSIGN_OR_RETURN(Model calibrated, calibrate(model, held_out, result_.calibration));
    find_mislabels(held_out.scores, {&data_.val});
    return calibrated;
  }

  Result<std::unique_ptr<Features>> features_of(const FeatureNet& net, const std::vector<LabelledPhoto>& photos,
                                                std::int64_t views, PhotoCache& cache, BlobCache& kept) {
    const FeatureSettings settings{.views = views,
                                   .classes = classes(),
                                   .preprocess = *start_.model.preprocess,
                                   .augmentation = {},
                                   .seed = seed(),
                                   .threads = threads()};
    return Features::compute(net, photos, settings, cache, kept, folder_.path(), progress_);
  }

  Result<Model> train_classifier(PhotoStore& store) {
    PAW_ASSIGN_OR_RETURN(const FeatureNet net, feature_net(start_.model));
    PAW_ASSIGN_OR_RETURN(const auto train, features_of(net, data_.train, kViews, store.photos(), store.features()));
    PAW_ASSIGN_OR_RETURN(const auto val, features_of(net, data_.val, 1, store.photos(), store.features()));
    const std::int64_t computed = train->computed() + val->computed(), all = kViews * train->size() + val->size();
    events_.note(fmt::format(
        "features of {} views ({} of each training photo: plain and {} augmented), {} of them kept from before", all,
        kViews, kViews - 1, all - computed));
    PAW_ASSIGN_OR_RETURN(const Model classifier, paw::classifier(net.width, classes(), kClassifierDropout, seed()));
    const TrainSettings settings = asked(classifier_settings(), settings_.epochs, true);
    PAW_ASSIGN_OR_RETURN(const Model trained, run_phase("classifier", settings, classifier, *train, *val));
    PAW_ASSIGN_OR_RETURN(HeldOut held_out, by_folds(*train, *val, net.width, classifier, settings));
    PAW_ASSIGN_OR_RETURN(const Model frozen, with_classifier(start_.model, trained));
    PAW_ASSIGN_OR_RETURN(Model model, calibrate(frozen, held_out, result_.calibration));
    find_mislabels(held_out.scores, {&data_.train, &data_.val});
    if (settings_.fine_tune) return fine_tune(frozen, std::move(model), store.photos());
    return model;
  }

  Result<HeldOut> by_folds(const Features& train, const Features& val, std::int64_t width, const Model& classifier,
                           const TrainSettings& settings) {
    progress_.start("folds", static_cast<std::uint64_t>(kFolds), "folds");
    PAW_ASSIGN_OR_RETURN(OutOfFold folds, out_of_fold(train, val, width, classifier, settings, history_.best.epoch,
                                                      kFolds, [&] { progress_.advance(); }));
    progress_.finish();
    return HeldOut{.from = fmt::format("{} folds of {} photos", kFolds, folds.distances.size()),
                   .scores = std::move(folds.scores),
                   .distances = std::move(folds.distances),
                   .novelty = Novelty::fit(folds.moments, kNoveltyDirections)};
  }

  Result<HeldOut> by_validation(const Model& model, const PhotoExamples& val) const {
    PAW_ASSIGN_OR_RETURN(Evaluation seen, evaluate(model, val, {.batch = 32, .threads = threads()}));
    return HeldOut{.from = fmt::format("{} validation photos", val.size()),
                   .scores = {seen.classes, std::move(seen.scores), std::move(seen.expected)},
                   .distances = {},
                   .novelty = {}};
  }

  // The whole net, from `frozen` on. When that does not lower the validation loss it returns `calibrated`, which is
  // `frozen` calibrated.
  Result<Model> fine_tune(const Model& frozen, Model calibrated, PhotoCache& cache) {
    PAW_ASSIGN_OR_RETURN(const auto train, examples(data_.train, cache, true));
    PAW_ASSIGN_OR_RETURN(const auto val, examples(data_.val, cache, false));
    const TrainSettings settings = asked(fine_tune_settings(), settings_.fine_tune_epochs, false);
    const BestEpoch before = history_.best;
    PAW_ASSIGN_OR_RETURN(const Model tuned, run_phase("fine-tune", settings, frozen, *train, *val));
    if (history_.best.loss >= before.loss) {
      events_.note(
          fmt::format("fine-tuning did not lower the validation loss ({:.4f}, frozen {:.4f}): the frozen model is kept",
                      history_.best.loss, before.loss));
      history_.best = before;
      return calibrated;
    }
    PAW_ASSIGN_OR_RETURN(HeldOut held_out, by_validation(tuned, *val));
    PAW_RETURN_IF_ERROR(add_distances(tuned, held_out, cache));
    return calibrate(tuned, held_out, result_.calibration);
  }

  // Of the validation photos from the training photos, by the features of `model`, which no later run will need.
  Status add_distances(const Model& model, HeldOut& held_out, PhotoCache& cache) {
    BlobCache nowhere({}, 0);
    PAW_ASSIGN_OR_RETURN(const FeatureNet net, feature_net(model));
    PAW_ASSIGN_OR_RETURN(const auto train, features_of(net, data_.train, 1, cache, nowhere));
    PAW_ASSIGN_OR_RETURN(const auto val, features_of(net, data_.val, 1, cache, nowhere));
    PAW_ASSIGN_OR_RETURN(const FeatureMoments moments, moments_of(*train, net.width));
    held_out.novelty = Novelty::fit(moments, kNoveltyDirections);
    std::vector<float> row(static_cast<std::size_t>(net.width));
    for (std::int64_t i = 0; i < val->size(); ++i) {
      PAW_RETURN_IF_ERROR(val->read(i, 0, row, {}));
      held_out.distances.push_back(held_out.novelty.distance(row));
    }
    return {};
  }

  // `photos`: in the order of the scores.
  void find_mislabels(const HeldOutScores& held_out, const std::vector<const std::vector<LabelledPhoto>*>& photos) {
    std::vector<const LabelledPhoto*> all;
    for (const auto* part : photos) {
      for (const LabelledPhoto& photo : *part) all.push_back(&photo);
    }
    for (const Suspect& suspect : likely_mislabels(held_out)) {
      const LabelledPhoto& photo = *all[suspect.example];
      result_.likely_mislabels.push_back({photo.file, data_.labels[static_cast<std::size_t>(photo.label)],
                                          data_.labels[static_cast<std::size_t>(suspect.suggested)], suspect.score});
    }
  }

  void tell_what_it_saw(Model& model) const {
    model.labels = data_.labels;
    std::vector<SeenPhoto>& seen = model.provenance.photos;
    for (const auto& [photos, split] : {std::pair(&data_.train, Split::kTrain), std::pair(&data_.val, Split::kVal),
                                        std::pair(&data_.test, Split::kTest)}) {
      for (const LabelledPhoto& photo : *photos) {
        if (const auto hash = sha256_from_hex(photo.sha256)) seen.push_back({*hash, split});
      }
    }
    std::ranges::sort(seen, {}, &SeenPhoto::sha256);
    const auto same = std::ranges::unique(seen, {}, &SeenPhoto::sha256);
    seen.erase(same.begin(), same.end());
  }

  // Writes the model, reads it again and tests that one.
  Status finish(Model model, PhotoCache& cache) {
    tell_what_it_saw(model);
    PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_paw(model));
    result_.run = settings_.out;
    result_.model = folder_.path("model.paw");
    result_.epochs = history_.rows;
    result_.best_epoch = history_.best.epoch;
    PAW_RETURN_IF_ERROR(write_file(result_.model, bytes.span()));
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(result_.model));
    PAW_ASSIGN_OR_RETURN(const Model again, read_paw(file, result_.model, all_ops()));
    PAW_ASSIGN_OR_RETURN(const auto test, examples(data_.test, cache, false));
    PAW_ASSIGN_OR_RETURN(const Evaluation seen, evaluate(again, *test, {.batch = 32, .threads = threads()}));
    result_.report = classification_report(seen, data_.labels, again.threshold);
    PAW_RETURN_IF_ERROR(write_file(folder_.path("metrics.csv"), metrics_text(history_.rows)));
    PAW_RETURN_IF_ERROR(write_file(folder_.path("curves.svg"), curves_svg(history_)));
    record()["state"] = "done";
    Json result = to_json(result_);
    result["model"] = "model.paw";
    result.erase("run");
    record()["result"] = std::move(result);
    return folder_.write_record(record_);
  }

  TrainPhotosSettings settings_;
  Progress& progress_;
  const TrainPhotosEvents& events_;
  const RunFolder& folder_;
  Json& record_;
  TrainStart start_;
  PhotoData data_;
  TrainHistory history_;
  TrainPhotosResult result_;
};

}  // namespace

Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events) {
  PAW_RETURN_IF_ERROR(check(settings));
  const RunMode mode = settings.force ? RunMode::kForce : settings.resume ? RunMode::kResume : RunMode::kNew;
  PAW_ASSIGN_OR_RETURN(const RunFolder folder, RunFolder::open(settings.out, mode));
  Json record = Json::object();
  if (folder.resumed()) {
    PAW_ASSIGN_OR_RETURN(record, folder.read_record());
  }
  return train_photos(settings, progress, events, folder, record);
}

Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events, const RunFolder& folder, Json& record) {
  PAW_RETURN_IF_ERROR(check(settings));
  TrainPhotosEvents told = events;
  if (!told.note) told.note = [](const std::string&) {};
  return TrainRun(settings, progress, told, folder, record).run();
}

}  // namespace paw
